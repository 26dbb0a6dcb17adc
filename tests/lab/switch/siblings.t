#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# lab: machine=powernv8 kernel=64k smp=2,cores=1,threads=2 backend=ours
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
# shellcheck source=tests/lab/lib/tap.sh
. "$(dirname "$0")/tap.sh"

dmesg | grep -q 'kvm-hv.*CPU 1 is online: guests will not run until'
check "loading the backend warns of an online sibling"
lab-siblings >"$tmp/why"
check "guests run only when the sibling is offline"
dmesg | grep -q 'kvm-hv.*CPU 1 is online: POWER8 runs guests with one thread a core'
check "the log says which CPU prevents the run"
dmesg | grep -q 'kvm-hv.*CPU 1 is not the first thread of its core'
check "the log says that the vCPU is on a wrong CPU"
echo "1..$n"
