#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# The window without recovery begins and ends with a store to in_guest in the PACA. The test counts the instructions in
# between, in the emulated POWER9 host, for a guest that makes the shortest hypercall, on our backend and on the
# stock backend. Our window must not be longer.

. "$(dirname "$0")/../../scripts/lib-common.sh"

ENTRIES=20	# fewer entries in the log are too few for a result
LOG_SIZE=12	# MiB, enough for about 60 entries and exits

tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
in_guest=$(sed -n 's/^#define HSTATE_IN_GUEST \([0-9]*\).*/\1/p' "$CACHE"/kernel-64k/headers/include/generated/asm-offsets.h)

# stores FILE OBJDUMP-OPTION...: prints the addresses at which FILE's code stores to in_guest
stores()
{
	powerpc64le-linux-gnu-objdump -d "${@:2}" "$1" |
		sed -n "s/^ *\([0-9a-f]*\):.*stb *r[0-9]*,$in_guest(r13).*/\1/p"
}

# trace BACKEND FILE: writes the addresses of all executed instructions to FILE for some time, and prints where the
# host's code is. With -i the host's clock counts instructions. Otherwise timer ticks would fill the log,
# since logging is slow.
trace()
{
	local lab log=$tmp/out/dmesg.log

	mkfifo "$tmp/mon.in" "$tmp/mon.out"
	# shellcheck disable=SC2016
	"$ROOT/scripts/lab" -i -b "$1" -t 600 -o "$tmp/out" \
		-q "-D $2 -chardev pipe,id=mon,path=$tmp/mon -mon chardev=mon" -- '
			code=$(cat /sys/module/kvm_hv/sections/.noinstr.text 2>/dev/null)
			stock=$(sed -n "s/ . kvmhv_vcpu_entry_p9\$//p" /proc/kallsyms)
			exit-loop & tries=600
			# the guest runs: KVM counts exits
			until [ "$(cat /sys/kernel/debug/kvm/sum_exits)" -gt 1000 ]; do
				[ $((tries -= 1)) -gt 0 ] || { echo "exit-loop makes no exits"; exit 1; }
				sleep 0.1
			done
			echo "code at ${code:-0x0} $stock" >/dev/kmsg; wait' >"$tmp/said" 2>&1 &
	lab=$!
	cat "$tmp/mon.out" >/dev/null &
	exec 3>"$tmp/mon.in"
	until grep -qs 'code at' "$log" || ! kill -0 $lab 2>/dev/null; do
		sleep 0.1
	done
	printf 'stop\none-insn-per-tb on\nlog exec,nochain\ncont\n' >&3
	# until the lab's time-out ends it, see -t
	until [ "$(stat -c %s "$2")" -gt $((LOG_SIZE << 20)) ] || ! kill -0 $lab 2>/dev/null; do
		sleep 0.1
	done
	kill -0 $lab 2>/dev/null || echo "# $1: the lab ended before there were $LOG_SIZE MiB of instructions" >&2
	printf 'quit\n' >&3
	# it was killed
	wait $lab || :
	exec 3>&-
	rm "$tmp/mon.in" "$tmp/mon.out"
	sed -n 's/.*code at //p' "$log" | grep . || sed 's/^/# /' "$tmp/said" >&2
	rm "$log"
}

# count FILE OPEN CLOSE: prints the median number of instructions from one address to the other
count()
{
	sed -n 's|^Trace [^[]*\[[0-9a-f]*/\([0-9a-f]*\)/.*|\1|p' "$1" |
		awk -v open="$2" -v close_="$3" '
			{ n++ }
			$1 == open { n = 0; inside = 1 }
			$1 == close_ && inside { print n; inside = 0 }' |
		sort -n >"$tmp/counts"
	[ "$(wc -l <"$tmp/counts")" -ge $ENTRIES ] || return 1
	sed -n "$(($(wc -l <"$tmp/counts") / 2 + 1))p" "$tmp/counts"
}

# at BASE OFFSET...: prints the sums in the format of the log
at() { printf '%016x ' "$((0x${1#0x} + 0x$2))" "$((0x${1#0x} + 0x$3))"; }

echo 1..3
read -r code _ < <(trace ours "$tmp/ours.log")
# shellcheck disable=SC2046
ours=$(count "$tmp/ours.log" $(at "$code" $(stores "$BUILD/module/64k/kvm-hv.ko" -j .noinstr.text))) &&
	echo "ok 1 - ours: $ours instructions" || echo "not ok 1 - ours could not be counted"

read -r _ function < <(trace stock "$tmp/stock.log")
function=$((0x$function))
# shellcheck disable=SC2046
stock=$(count "$tmp/stock.log" $(at 0 $(stores "$CACHE/kernel-64k/vmlinux" \
		--start-address=$function --stop-address=$((function + 8192))))) &&
	echo "ok 2 - stock: $stock instructions" || echo "not ok 2 - stock could not be counted"
if [ "${ours:-0}" -gt 0 ] && [ "${ours:-0}" -le "${stock:-0}" ]; then
	echo "ok 3 - ours is not longer"
else
	echo "not ok 3 - ours is not longer"
fi
