#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# lab: machine=powernv9 kernel=64k smp=2 backend=ours quick=yes
# lab: machine=powernv9 kernel=64k smp=2 backend=stock
# lab: machine=powernv10 kernel=64k smp=2 backend=ours
# lab: machine=powernv9 kernel=64k smp=2 backend=ours mmu=hash rare=yes
# lab: machine=powernv8 kernel=64k smp=2 backend=ours
# On the stock backend the test shows that the time of a slow handler counts as guest time.
[ -e /sys/module/slow_ipi ] || insmod /modules/tests/slow_ipi.ko || exit
exec lab-replay
