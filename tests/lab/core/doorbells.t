#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# lab: machine=powernv9 kernel=64k smp=2 backend=ours timeout=200
# lab: machine=powernv9 kernel=4k smp=2 backend=ours timeout=200
# lab: machine=powernv10 kernel=64k smp=2 backend=ours timeout=200
# lab: machine=powernv8 kernel=64k smp=4,cores=1,threads=4 backend=ours timeout=200 rare=yes
# On POWER8 a guest's core has at most as many threads as the host's core, so the host has 4. A guest only runs
# when all but the first thread are offline.
if grep -q '^cpu.*POWER8' /proc/cpuinfo; then
	for cpu in 1 2 3; do
		echo 0 >/sys/devices/system/cpu/cpu$cpu/online
	done
fi
exec lab-doorbells
