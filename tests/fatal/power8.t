#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Two cases take a POWER8 host down with the stock backend; with ours the host goes on. Because of the dead hosts
# this is not part of "make test".
#
# teardown   user space closes a guest's interrupt controller before the irqfd of a passed-through
#            device: kvmppc_xics_clr_mapped() finds no controller
# dirty log  a guest removes an entry of its table, for a page that it stored to. vmlinux's real mode writes to
#            the dirty bitmap, which is in vmalloc's memory. The interrupt that follows ends in a loop
#            (kvmppc_bad_host_intr), and the other CPU's watchdog reports the core as dead.

. "$(dirname "$0")/../../scripts/lib-common.sh"

LIMIT=600	# seconds, far more than a loaded machine needs

tmp=$(mktemp -d)
lab=
# shellcheck disable=SC2317
cleanup()
{
	[ -z "$lab" ] || { kill "$lab" && wait "$lab"; } 2>/dev/null || :
	rm -rf "$tmp"
}
trap cleanup EXIT

# run BACKEND COMMAND: starts the lab as process $lab; the output goes to $tmp/said
run()
{
	"$ROOT/scripts/lab" -m powernv8 -s 2 -D edu -b "$1" -t $LIMIT -o "$tmp/$1" -- "$2" >"$tmp/said" 2>&1 &
	lab=$!
}

# ended: waits for the lab; its status is the lab's
ended()
{
	local status=0

	wait "$lab" || status=$?
	lab=
	return $status
}

# lives COMMAND: true if the host with our backend survives COMMAND
lives() { run ours "$1"; ended; }

# dies COMMAND PATTERN: true if the host with the stock backend dies, and its log has a line that matches PATTERN. When
# one core is dead the other may go on. The test does not wait for its end.
dies()
{
	run stock "$1"
	until grep -qs "$2" "$tmp/stock/dmesg.log" || ! kill -0 "$lab" 2>/dev/null; do
		sleep 0.5
	done
	if grep -qs "$2" "$tmp/stock/dmesg.log"; then
		kill "$lab" 2>/dev/null || :
		if ended; then
			echo "lab: status 0" >>"$tmp/said"
			return 1
		fi
	else
		ended || echo "lab: status $?" >>"$tmp/said"
		echo "the log of the host has no '$2'" >>"$tmp/said"
		return 1
	fi
}

# ok NUMBER NAME COMMAND...: prints a line of TAP for COMMAND
ok()
{
	local verdict='ok'

	"${@:3}" || verdict='not ok'
	echo "$verdict $1 - $2"
	[ "$verdict" = ok ] || sed 's/^/# /' "$tmp/said"
}

echo 1..4
ok 1 "teardown, ours: the host goes on, the device's interrupt is its again" \
	lives 'lab-irq-bypass-teardown controller-first'
ok 2 "stock: the host dies in kvmppc_xics_clr_mapped()" \
	dies 'lab-irq-bypass-teardown controller-first' 'NIP.*kvmppc_xics_clr_mapped'
ok 3 "dirty log, ours: the host goes on, the page is in the log" lives 'lab-hpt-entries host'
ok 4 "stock: a core is dead" dies 'lab-hpt-entries host' 'hard LOCKUP'
