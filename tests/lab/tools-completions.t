#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# lab: machine=powernv8 kernel=64k smp=2 memory=3G backend=stock guest=yes timeout=240
#
# On a POWER8 host the interrupt controller works in real mode, where it cannot wake a vCPU:
# kvmppc_xics_rm_complete() does. That happens when a vCPU of a Linux guest sends an
# interrupt to one that sleeps. Both tools count it.

tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
# shellcheck source=tests/lab/tap.sh
. "$(dirname "$0")/tap.sh"

kvmexit-top --json -d 1 >"$tmp/top" & top=$!
attached "$tmp/top"
kvmlat --json -f guest -- linux-guest -c 2 -m 256M -t 200 -- true >"$tmp/lat" 2>"$tmp/why"
check "a Linux guest with two vCPUs"
sleep 1.5
kill -INT $top
wait $top
check "kvmexit-top watches it"

# heading FILE, rows FILE: the documents' parts
heading() { sed 's/,"rows":.*//' "$1"; }
rows() { sed 's/.*"rows"://' "$1"; }
calls=$(heading "$tmp/lat" | member calls | sum)
kicks=$(heading "$tmp/lat" | member kick | sum)
holds calls "$calls" -gt 0 && holds kicks "$kicks" -gt 0 && holds "kicks" "$kicks" -le "$calls"
check "kvmlat: $calls calls of kvmppc_xics_rm_complete(), $kicks to wake a vCPU"
grep -o '"rm_completes":{[^}]*}' "$tmp/lat" | tail -n 1 | sed 's/^/# /'
holds calls "$(heading "$tmp/top" | member calls | sum)" -eq "$calls" &&
	holds kicks "$(heading "$tmp/top" | member kick | sum)" -eq "$kicks"
check "kvmexit-top: as many"
holds "of all VMs" "$(rows "$tmp/top" | member rm_completes | sum)" -eq "$calls"
check "in the VM's rows too"
echo "1..$n"
