#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# A host with 2,048 CPUs, 10,000 vCPUs that move from CPU to CPU, and a hundred reasons and hypercalls: both tools count
# each exit, and need the memory that docs/cost.md names. The times that bench-drain prints are not checked.

tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
# shellcheck source=tests/lab/lib/tap.sh
. "$(dirname "$0")/../lab/lib/tap.sh"

text=$(bench-drain 2>"$tmp/why") || bail "bench-drain failed"
echo "# ${text//$'\n'/$'\n'# }"
# count NAME: prints that count of bench-drain
count() { sed -n "s/^$1: //p" <<<"$text"; }

mib=$((1 << 20))
holds "bytes of all rings" "$(count 'ring bytes')" -le $((17 * mib))
check "the rings of 2,048 CPUs: $(count 'ring bytes') bytes"
holds "records" "$(count 'top records')" -ge $((2048 * 31)) && holds "lost" "$(count 'top lost')" -eq 0 &&
	holds "exits" "$(count 'top exits')" -eq "$(count 'top records')"
check "kvmexit-top counts all of $(count 'top records') records"
holds "entries" "$(count 'top entries')" -gt "$(count 'top records')" &&
	holds "bytes" "$(count 'top bytes')" -le $((64 * mib + (2048 + 10000) * 1024))
check "each with two keys that no other has: $(count 'top bytes') bytes"
holds "lost" "$(count 'lat lost')" -eq 0 && holds "times" "$(count 'lat times')" -eq "$(count 'lat records')" &&
	holds "rows" "$(count 'lat rows')" -eq 10000
check "kvmlat by vCPU has a time for each of $(count 'lat records') records"
holds "bytes" "$(count 'lat bytes')" -le $((64 * mib))
check "in $(count 'lat bytes') bytes"
echo "1..$n"
