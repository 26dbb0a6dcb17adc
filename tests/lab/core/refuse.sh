#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# refuse.sh WHERE PATTERN: on a machine that the module does not support it does not load. insmod fails with ENODEV,
# the kernel's log has a line that matches PATTERN, and nothing stays behind.

# shellcheck source=tests/lab/lib/modules.sh
. /lab/modules.sh

modprobe kvm
before=$(dmesg | wc -l)
! insmod /modules/ours/kvm-hv.ko 2>/tmp/refuse.why
check "$1: the module does not load"
sed 's/^/# /' /tmp/refuse.why
grep -q 'No such device' /tmp/refuse.why
check "$1: ENODEV"
dmesg | sed "1,${before}d" >/tmp/refuse.log
sed 's/^/# /' /tmp/refuse.log
grep -q "kvm-hv.*$2" /tmp/refuse.log
check "$1: the kernel's log says why"
! grep -q '^kvm_hv ' /proc/modules
check "$1: nothing of the module is left"
[ ! -e /sys/kernel/tracing/events/hvlens ]
check "$1: nothing of its events is left"
echo "1..$n"
