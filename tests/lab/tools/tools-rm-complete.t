#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# lab: machine=powernv8 kernel=64k smp=2 memory=3G backend=stock guest=yes timeout=240
# lab: machine=powernv8 kernel=64k smp=2 memory=3G backend=ours guest=yes timeout=240
#
# On a POWER8 host the emulation of the interrupt controller runs in real mode, where it cannot wake a vCPU.
# kvmppc_xics_rm_complete() wakes it. That happens when a vCPU of a Linux guest sends an interrupt to a vCPU that
# sleeps. Both tools count these completions. On our backend they also show how long each took, that T2 and T3
# are derived, and that the window without recovery is absent.

tmp=$(mktemp -d)
event=/sys/kernel/tracing/events/hvlens/rm_complete
[ -e $event ] && ours=yes
# The kernel complains when a module goes whose event has a trigger.
trap 'rm -rf "$tmp"; [ -z "$ours" ] || echo "!hist:keys=done:vals=ticks" >$event/trigger' EXIT
# shellcheck source=tests/lab/lib/tap.sh
. "$(dirname "$0")/tap.sh"
[ -z "$ours" ] || echo 'hist:keys=done:vals=ticks' >$event/trigger

kvmexit-top --json -d 1 >"$tmp/top" & top=$!
attached "$tmp/top"
kvmlat --json -f guest,norecover,complete -- \
	linux-guest -c 2 -m 256M -t 200 -- true >"$tmp/lat" 2>"$tmp/why"
check "a Linux guest with two vCPUs"
kill -INT $top
wait $top
check "kvmexit-top watches it"

# heading FILE, rows FILE: print these parts of the documents
heading() { sed 's/,"rows":.*//' "$1"; }
rows() { sed 's/.*"rows"://' "$1"; }
# count PHASE <ROWS: prints the sum of the counts of that phase
count() { sed 's/},{/}\n{/g' | grep "\"phase\":\"$1\"" | member count | sum; }
calls=$(heading "$tmp/lat" | member calls | sum)
kicks=$(heading "$tmp/lat" | member kick | sum)
holds calls "$calls" -gt 0 && holds kicks "$kicks" -gt 0 && holds "kicks" "$kicks" -le "$calls"
check "kvmlat: $calls calls of kvmppc_xics_rm_complete(), $kicks to wake a vCPU"
grep -o '"rm_completes":{[^}]*}' "$tmp/lat" | tail -n 1 | sed 's/^/# /'
holds calls "$(heading "$tmp/top" | member calls | sum)" -eq "$calls" &&
	holds kicks "$(heading "$tmp/top" | member kick | sum)" -eq "$kicks"
check "kvmexit-top: the same number"
holds "of all VMs" "$(rows "$tmp/top" | member rm_complete_calls | sum)" -eq "$calls"
check "the VM's rows have them too"

if [ -z "$ours" ]; then
	! heading "$tmp/lat" | grep -v '"time_ns":null}' >"$tmp/why" &&
		! heading "$tmp/lat" | grep -v '"derived":null,"borderless":null' >"$tmp/why"
	check "the stock events do not have their duration: null"
	echo "1..$n"
	exit
fi

# What the event recorded: a line "ACTIONS HITS TICKS" per record
sed -n 's/^{ done: *\([0-9]*\) } hitcount: *\([0-9]*\) *ticks: *\([0-9]*\)/\1 \2 \3/p' \
	$event/hist >"$tmp/event"
sed 's/^/# event: /' "$tmp/event"
holds calls "$(awk '{ n += $2 } END { print n + 0 }' "$tmp/event")" -eq "$calls" &&
	holds kicks "$(awk '$1 % 2 { n += $2 } END { print n + 0 }' "$tmp/event")" -eq "$kicks"
check "hvlens:rm_complete: the same number"
ticks=$(awk '{ n += $3 } END { print n + 0 }' "$tmp/event")
# 512 MHz
holds "ns" "$(grep -o '"eoi":[0-9]*,"time_ns":[0-9]*' "$tmp/lat" | tail -n 1 | sed 's/.*://')" \
	-eq $(((ticks * 1000 + 256) / 512))
check "kvmlat: they took $ticks ticks, as the event says"
holds "in the histogram" "$(rows "$tmp/lat" | count complete)" -eq "$calls"
check "kvmlat: a histogram of them"
holds "percent in the VMs' rows" "$(rows "$tmp/top" | member complete_time_ns | sum)" -gt 0
check "kvmexit-top: a share of the time"

derived=$(heading "$tmp/lat" | member derived | sum)
absent=$(heading "$tmp/lat" | member borderless | sum)
exits=$(heading "$tmp/lat" | member exits | sum)
holds derived "$derived" -gt 0 && holds "derived or absent" $((derived + absent)) -eq "$exits" &&
	holds "in the guest" "$(rows "$tmp/lat" | count guest)" -eq "$derived"
check "kvmlat: T2 and T3 are derived in $derived of $exits exits, absent in $absent"
holds "without recovery" "$(rows "$tmp/lat" | count norecover)" -eq 0 &&
	! rows "$tmp/top" | grep '"norecover_pct":[0-9]' >"$tmp/why"
check "the window without recovery is absent, not 0"
echo "1..$n"
