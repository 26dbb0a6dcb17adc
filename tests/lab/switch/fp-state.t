#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# lab: machine=powernv9 kernel=64k smp=2 backend=ours quick=yes
# lab: machine=powernv9 kernel=4k smp=2 backend=ours
# lab: machine=powernv9 kernel=64k smp=2 backend=ours mmu=hash
# lab: machine=powernv10 kernel=64k smp=2 backend=ours
# lab: machine=powernv8 kernel=64k smp=2 backend=ours
[ -e /sys/module/fp_users ] || insmod /modules/tests/fp_users.ko || exit
exec lab-fp-state
