#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# The window without recovery begins and ends with stores to in_guest in the PACA. The test counts the instructions in
# between, in the emulated POWER9 host, for a guest that makes the shortest hypercall, on our backend and on the
# stock backend. Our window must not be longer.

. "$(dirname "$0")/../../scripts/lib-common.sh"
. "$ROOT/scripts/lib-instructions.sh"

ENTRIES=20	# fewer entries in the log are too few for a result

tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
in_guest=$(sed -n 's/^#define HSTATE_IN_GUEST \([0-9]*\).*/\1/p' "$CACHE"/kernel-64k/headers/include/generated/asm-offsets.h)

# stores FILE OBJDUMP-OPTION...: prints the addresses at which FILE's code stores to in_guest
stores()
{
	powerpc64le-linux-gnu-objdump -d "${@:2}" "$1" |
		sed -n "s/^ *\([0-9a-f]*\):.*stb *r[0-9]*,$in_guest(r13).*/\1/p"
}

# trace BACKEND FILE: writes the addresses of executed instructions to FILE, and prints where the host's code is.
trace()
{
	# shellcheck disable=SC2016
	log_instructions "$2" "$tmp/said" "$tmp" -b "$1" '
		code=$(cat /sys/module/kvm_hv/sections/.noinstr.text 2>/dev/null)
		stock=$(sed -n "s/ . kvmhv_vcpu_entry_p9\$//p" /proc/kallsyms)
		exit-loop & tries=600
		# the guest runs: KVM counts exits
		until [ "$(cat /sys/kernel/debug/kvm/sum_exits)" -gt 1000 ]; do
			[ $((tries -= 1)) -gt 0 ] || { echo "exit-loop makes no exits"; exit 1; }
			sleep 0.1
		done
		echo "code at ${code:-0x0} $stock"
		echo log now
		wait'
	sed -n 's/.*code at //p' "$tmp/said" | grep . || sed 's/^/# /' "$tmp/said" >&2
}

# count FILE STORES: prints the median number of instructions from a store to the next one, with a guest in between. A
# guest was there if its hypercall's vector was.
count()
{
	sed -n 's|^Trace [^[]*\[[0-9a-f]*/\([0-9a-f]*\)/.*|\1|p' "$1" |
		awk -v list="$2" '
			BEGIN { split(list, addresses, " "); for (i in addresses) store[addresses[i]] }
			{ n++ }
			$1 == "0000000000000c00" || $1 == "c000000000004c00" { guest = 1 }
			$1 in store {
				if (guest)
					print n
				n = guest = 0
			}' |
		sort -n >"$tmp/counts"
	[ "$(wc -l <"$tmp/counts")" -ge $ENTRIES ] || return 1
	sed -n "$(($(wc -l <"$tmp/counts") / 2 + 1))p" "$tmp/counts"
}

# at BASE OFFSET...: prints the sums in the format of the log
at()
{
	local base=$1
	shift

	for offset; do
		printf '%016x ' $((0x${base#0x} + 0x$offset))
	done
}

echo 1..3
read -r code _ < <(trace ours "$tmp/ours.log")
# shellcheck disable=SC2046
ours=$(count "$tmp/ours.log" "$(at "$code" $(stores "$BUILD/module/64k/kvm-hv.ko" -j .noinstr.text))") &&
	echo "ok 1 - ours: $ours instructions" || echo "not ok 1 - ours could not be counted"

read -r _ function < <(trace stock "$tmp/stock.log")
function=$((0x$function))
# shellcheck disable=SC2046
stock=$(count "$tmp/stock.log" "$(at 0 $(stores "$CACHE/kernel-64k/vmlinux" \
		--start-address=$function --stop-address=$((function + 8192))))") &&
	echo "ok 2 - stock: $stock instructions" || echo "not ok 2 - stock could not be counted"
if [ "${ours:-0}" -gt 0 ] && [ "${ours:-0}" -le "${stock:-0}" ]; then
	echo "ok 3 - ours is not longer"
else
	echo "not ok 3 - ours is not longer"
fi
