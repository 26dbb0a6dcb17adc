#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# lab: machine=powernv9 kernel=64k smp=2 backend=ours append=xive=off
lab-xive-off
status=$?
dmesg | grep -q 'XICS in the kernel needs a host with XIVE' || { echo "not ok 5 - and the log says why"; exit 1; }
exit $status
