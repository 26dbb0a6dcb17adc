#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# lab: machine=powernv9 kernel=4k smp=2 backend=none memory=4G timeout=120
# lab: machine=powernv9 kernel=64k smp=2 backend=none memory=4G timeout=120
# lab: machine=powernv8 kernel=64k smp=2 backend=none memory=4G timeout=120
#
# The backend is unloaded at the moment when the last VM releases it. kvm.ko still has the VM's slots to free then,
# and calls the backend for each.

module=/modules/ours/kvm-hv.ko
# shellcheck source=tests/lab/lib/modules.sh
. /lab/modules.sh

modprobe kvm
for i in 1 2 3 4 5 6 7 8; do
	insmod "$module" 2>"$tmp/why" && lab-unload-race >"$tmp/why" 2>&1
	check "round $i: unloaded while the last VM ends"
done
insmod "$module" && lab-modes >"$tmp/modes.tap" && ! grep '^not ok' "$tmp/modes.tap" >"$tmp/why"
check "loaded again, it runs guests"
rmmod kvm_hv
echo "1..$n"
