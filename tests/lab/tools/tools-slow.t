#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# lab: machine=powernv9 kernel=64k smp=2 backend=ours icount=yes timeout=900
#
# The tools show why a guest is slow: three guests that are slow for different reasons, and one that is not
# (tests/lab/tools/slow-guest.c). The times that the tools show depend on the emulator's clock, and that clock depends
# on the load of this machine. With icount=yes the clock counts instructions instead. Then a share of the time is
# a share of the instructions, the same in every boot.

tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
# shellcheck source=tests/lab/lib/tap.sh
. "$(dirname "$0")/tap.sh"

# more A FACTOR B: true if A is more than FACTOR times B
more()
{
	echo "# $1 > $2 * $3"
	awk -v a="$1" -v factor="$2" -v b="$3" 'BEGIN { exit !(a != "" && b != "" && a > factor * b) }' ||
		why "not $1 > $2 * $3"
}

# phase FILE REASON PHASE MEMBER: prints the sum of that member over kvmlat's rows ("-": any reason)
phase()
{
	tail -n 1 "$1" | tr '{' '\n' | awk -F '[:,]' -v reason="\"$2\"" -v phase="\"$3\"" -v member="\"$4\"" '
		{ mine = reason == "\"-\""; is = 0; value = 0
		  for (i = 1; i < NF; i++) {
			if ($i == "\"reason\"" && $(i + 1) == reason) mine = 1
			if ($i == "\"phase\"" && $(i + 1) == phase) is = 1
			if ($i == member) value = $(i + 1)
		  }
		  if (mine && is) sum += value }
		END { print sum + 0 }'
}

# lat CASE FILE OPTION...: runs kvmlat on that guest, for 2 s
lat()
{
	guest=$1 file=$2
	shift 2
	kvmlat --json "$@" -- lab-slow-guest "$guest" 2 >"$tmp/$file"
}

# top CASE OPTION...: writes a window of kvmexit-top, 1 s while that guest runs, to $tmp/top
top()
{
	guest=$1
	shift
	lab-slow-guest "$guest" 3600 >/dev/null &
	guest=$!
	# the first window begins when the tool has attached; the second is complete
	kvmexit-top --json -p $guest -d 1 -n 2 "$@" | tail -n 1 >"$tmp/top"
	kill $guest
	wait $guest
}

# column NAME: prints that column of the first row
column() { sed 's/.*"rows":\[//' "$tmp/top" | grep -o "\"$1\":[^,}]*" | head -n 1 | cut -d : -f 2; }

# 1. A vCPU that cedes and wakes late
lat idle idle --phase=wake,block
lat late late --phase=wake,block
more "$(phase "$tmp/late" - wake p90_ns)" 1 20000000
check "late: it takes more than 20 ms from the wake-up to the guest (90th percentile)"
more "$(phase "$tmp/late" - wake p50_ns)" 3 "$(phase "$tmp/idle" - wake p50_ns)"
check "late: the median is more than three times that of a guest that has its CPU"
top late
more "$(column wait_pct)" 1 30
check "late: kvmexit-top: it waits for a host CPU for more than 30 % of its time"
more "$(awk -v a="$(column block_pct)" -v b="$(column wait_pct)" 'BEGIN { print a + b }')" 1 90
check "late: kvmexit-top: blocked or waiting is more than 90 % of its time"
[ "$(column top_reason)" = '"hcall H_CEDE"' ] || [ "$(column top_reason)" = '"hdec"' ]
check "late: the top reason is H_CEDE or hdec"
kvmlat --heat --ascii --phase=wake 0.5 -- lab-slow-guest late 3 >"$tmp/heat"
awk '/^TIME/ { at = index($0, "|10ms") } /^[0-9:]* wake/ && at { lines++; if (substr($0, at) ~ /[^ ]/) late++ }
	END { exit !(lines > 2 && late * 2 > lines) }' "$tmp/heat"
check "late: the heat map is dark beyond 10 ms"

# 2. A storm of MMIO exits
kvmlat --json --by=reason --phase=user,exit -- lab-slow-guest mmio 1 >"$tmp/out"
loads=$(sed -n 's/^mmio //p' "$tmp/out")
echo "# user $(phase "$tmp/out" hdsi user count), exits $(phase "$tmp/out" hdsi exit count), loads $loads"
[ "$loads" -gt 100 ] && [ "$(phase "$tmp/out" hdsi exit count)" -ge "$loads" ] &&
	[ "$(phase "$tmp/out" hdsi user count)" -le "$loads" ] &&
	[ "$(phase "$tmp/out" hdsi user count)" -ge $((loads - 1)) ]
check "mmio: kvmlat counts as many returns to user space for hdsi as the VMM counted loads"
top mmio
[ "$(column top_reason)" = '"hdsi"' ]
check "mmio: kvmexit-top: the top reason is hdsi"
more "$(column user_pct)" 1 "$(column guest_pct)"
check "mmio: the vCPU spends more time in the VMM than in the guest"
top mmio --by=reason
[ "$(column reason)" = '"hdsi"' ] && more "$(column exits_per_s)" 1 100
check "mmio: by reason: hdsi comes first"

# 3. A host interrupt whose handler is slow
lat spin spin --by=reason --phase=replay,handle
lat interrupt interrupt --by=reason --phase=replay,handle
more "$(phase "$tmp/interrupt" hdec replay max_ns)" 1 5000000
check "interrupt: host interrupts' handlers take more than 5 ms"
top spin --by=reason --reason=hdec
spin=$(column replay_pct)
top interrupt --by=reason --reason=hdec
more "$(column replay_pct)" 2 "$spin"
check "interrupt: kvmexit-top: the handlers have more than twice the share of time than without"
kvmlat --over=5ms --json --phase=replay -- lab-slow-guest interrupt 2 | grep kvmlat-slow >"$tmp/slow"
grep -o '"phases_ns":{[^}]*}' "$tmp/slow" | awk -F '[:,{}]' '
	{ for (i = 1; i < NF; i++) value[$i] = $(i + 1)
	  total++
	  replay += value["\"replay\""] > value["\"exit\""] + value["\"handle\""] }
	END { print "# " replay " of " total " slow exits are in replay"; exit !(total > 2 && replay * 2 > total) }'
check "interrupt: --over prints the slow exits, whose slow phase is replay"
grep -q '"stack":\[.*run_vcpu+0x[0-9a-f]* \[kvm_hv\]' "$tmp/slow"
check "interrupt: with the kernel's stack"

# 4. kvmlat advise finds these reasons, and nothing in a guest that sleeps or computes
# advice CASE: prints the rules that hold for that guest, with a space after each
advice()
{
	kvmlat advise --json -- lab-slow-guest "$1" 2 >"$tmp/advice"
	tail -n 1 "$tmp/advice" | grep -o '"rule":"[^"]*"' | cut -d '"' -f 4 | sort | tr '\n' ' '
}
for pair in late:cpu-wait mmio:mmio interrupt:host-interrupts; do
	found=$(advice "${pair%:*}")
	case " $found" in *" ${pair#*:} "*) true ;; *) why "found: $found" ;; esac
	check "${pair%:*}: kvmlat advise finds ${pair#*:}"
done
for guest in idle spin; do
	found=$(advice $guest)
	grep -q '"findings":\[\]' "$tmp/advice" || why "found: $found" "$(cat "$tmp/advice")"
	check "$guest: kvmlat advise finds nothing"
done
echo "1..$n"
