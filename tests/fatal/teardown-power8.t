#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# A POWER8 host whose user space closes a guest's interrupt controller before the irqfd
# of a passed-through device: ours goes on, the stock backend takes the host down
# (kvmppc_xics_clr_mapped() finds no controller). That is why this is no part of "make test".

. "$(dirname "$0")/../../scripts/lib-common.sh"

tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT

# run BACKEND: the lab's exit status; what is said in $tmp/said
run()
{
	"$ROOT/scripts/lab" -m powernv8 -s 2 -D edu -b "$1" -t 120 -o "$tmp/$1" -- \
		lab-irq-teardown controller-first >"$tmp/said" 2>&1
}

# ok NUMBER NAME COMMAND...: a line of TAP
ok()
{
	local verdict='ok'

	"${@:3}" || verdict='not ok'
	echo "$verdict $1 - $2"
	[ "$verdict" = ok ] || sed 's/^/# /' "$tmp/said"
}

dies() { ! run stock && grep -q 'NIP.*kvmppc_xics_clr_mapped' "$tmp/stock/dmesg.log"; }

echo 1..2
ok 1 "ours: the host goes on, the device's interrupt is its again" run ours
ok 2 "stock: the host dies in kvmppc_xics_clr_mapped()" dies
