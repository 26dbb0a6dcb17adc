#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# lab: machine=powernv9 kernel=64k smp=2 backend=ours quick=yes
# lab: machine=powernv10 kernel=64k smp=2 backend=ours
# lab: machine=powernv8 kernel=64k smp=2 backend=ours
[ -e /sys/module/vcpu_requests ] || insmod /modules/tests/vcpu_requests.ko || exit
exec lab-vcpu-life
