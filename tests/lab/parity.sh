#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# parity.sh PROBE...: runs these programs with the stock backend and with ours, in one boot,
# and compares what they print (see parity.awk) with the list in docs/parity.md.

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
awk -f "$lab/parity.awk" "$tmp/stock" "$tmp/ours" "$lab/parity.md"
