#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# What takes a POWER8 host down with the stock backend, and that it goes on with ours. The dead
# host is why this is no part of "make test".
#
# teardown   user space closes a guest's interrupt controller before the irqfd of a passed-through
#            device: kvmppc_xics_clr_mapped() finds no controller
# dirty log  a guest removes an entry of its table, for a page that it stored to: vmlinux's real
#            mode writes to the dirty bitmap, which is vmalloc's. The interrupt that follows ends
#            in a loop (kvmppc_bad_host_intr), and the other CPU's watchdog finds the core dead.

. "$(dirname "$0")/../../scripts/lib-common.sh"

tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT

# run BACKEND COMMAND: the lab's exit status; what is said in $tmp/said
run()
{
	"$ROOT/scripts/lab" -m powernv8 -s 2 -D edu -b "$1" -t 120 -o "$tmp/$1" -- "$2" >"$tmp/said" 2>&1
}

# dies COMMAND PATTERN: the host with the stock backend does, and its log has the reason
dies() { ! run stock "$1" && grep -q "$2" "$tmp/stock/dmesg.log"; }

# ok NUMBER NAME COMMAND...: a line of TAP
ok()
{
	local verdict='ok'

	"${@:3}" || verdict='not ok'
	echo "$verdict $1 - $2"
	[ "$verdict" = ok ] || sed 's/^/# /' "$tmp/said"
}

echo 1..4
ok 1 "teardown, ours: the host goes on, the device's interrupt is its again" \
	run ours 'lab-irq-teardown controller-first'
ok 2 "stock: the host dies in kvmppc_xics_clr_mapped()" \
	dies 'lab-irq-teardown controller-first' 'NIP.*kvmppc_xics_clr_mapped'
ok 3 "dirty log, ours: the host goes on, the page is in the log" run ours 'lab-hpte host'
ok 4 "stock: a core is dead" dies 'lab-hpte host' 'hard LOCKUP'
