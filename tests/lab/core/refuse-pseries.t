#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# lab: machine=pseries kernel=64k smp=1 backend=none
# On a machine that the module does not support, here a guest (pseries), it does not load. insmod fails with ENODEV,
# the kernel's log says why, and nothing stays behind.

# shellcheck source=tests/lab/lib/modules.sh
. /lab/modules.sh

modprobe kvm
before=$(dmesg | wc -l)
! insmod /modules/ours/kvm-hv.ko 2>/tmp/refuse.why
check "the module does not load"
sed 's/^/# /' /tmp/refuse.why
grep -q 'No such device' /tmp/refuse.why
check "ENODEV"
dmesg | sed "1,${before}d" >/tmp/refuse.log
sed 's/^/# /' /tmp/refuse.log
grep -q 'kvm-hv.*hypervisor' /tmp/refuse.log
check "the kernel's log says why"
! grep -q '^kvm_hv ' /proc/modules
check "nothing of the module is left"
[ ! -e /sys/kernel/tracing/events/hvlens ]
check "nothing of its events is left"
echo "1..$n"
