#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# lab: machine=powernv9 kernel=64k smp=2 backend=ours icount=yes
# lab: machine=powernv9 kernel=64k smp=2 backend=ours icount=yes mmu=hash
# lab: machine=powernv10 kernel=64k smp=2 backend=ours icount=yes
insmod /modules/tests/timer_lag.ko || exit
lab-host-timers
status=$?
rmmod timer_lag || exit
exit $status
