#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# parity.sh PROBE...: runs these programs with the stock backend and with ours, in one boot. Compares the differences
# of their outputs with the list in docs/parity.md (see parity.awk).

lab=$(dirname "$0")
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT

modprobe kvm
for backend in stock ours; do
	insmod "/modules/$backend/kvm-hv.ko" || exit
	for probe; do
		"$probe" >"$tmp/answers" || { echo "Bail out! $probe, $backend: $(tail -n 1 "$tmp/answers")"; exit 1; }
		cat "$tmp/answers" >>"$tmp/$backend"
	done
	rmmod kvm_hv || exit
done
[ -z "$PARITY_KEEP" ] || cp "$tmp/stock" "$tmp/ours" "$PARITY_KEEP"
# rows of the list that are under the heading of other processors do not count
cpu=$(sed -n 's/^cpu.*\(POWER[0-9]*\).*/\1/p' /proc/cpuinfo | head -n 1)
awk -v cpu="$cpu" '/^#/ { skip = /^### POWER/ && !index($0 " ", cpu " ") } !skip' "$lab/parity.md" >"$tmp/list"
awk -f "$lab/parity.awk" "$tmp/stock" "$tmp/ours" "$tmp/list"
