#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# lab: machine=powernv9 kernel=64k smp=2 backend=ours timeout=120 quick=yes
# lab: machine=powernv8 kernel=64k smp=2 backend=ours timeout=120
#
# The tools count the same exits as the guest and its VMM (vmm-demo).

tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
# shellcheck source=tests/lab/lib/tap.sh
. "$(dirname "$0")/tap.sh"

# own VCPU <FILE OF vmm-demo: prints "TRAP RELATION NUMBER", for one vCPU or for "all"
own()
{
	awk -v vcpu="$1" 'vcpu == "all" || $1 == vcpu { sum[$2] += $4; if ($3 == ">=") least[$2] = 1 }
		END { for (trap in sum) print trap, (trap in least) ? ">=" : "=", sum[trap] }'
}

# compare NAME: checks the counts in $tmp/tool against those in $tmp/own
compare()
{
	while read -r trap relation count; do
		counted=$(sed -n "s/^$trap //p" "$tmp/tool")
		if [ "$relation" = '=' ]; then
			[ "${counted:-0}" -eq "$count" ]
		else
			[ "${counted:-0}" -ge "$count" ]
		fi
		check "$1: $trap: ${counted:-none}, $relation $count by guest and VMM"
	done <"$tmp/own"
}

kvmlat -j -b reason -f handle -- vmm-demo 1 "$tmp/demo" >"$tmp/out" && grep '^{' "$tmp/out" >"$tmp/json"
check "kvmlat runs the demo"
by_trap count <"$tmp/json" >"$tmp/tool"
own all <"$tmp/demo" >"$tmp/own"
compare kvmlat
[ "$(wc -l <"$tmp/tool")" -ge 6 ]
check "kvmlat: exits of $(wc -l <"$tmp/tool") reasons, six at least"
grep -q '"missed":0,"dropped":0' "$tmp/json"
check "kvmlat: nothing missed, nothing dropped"

kvmlat -j -b reason -f handle -v 1 -- vmm-demo 1 "$tmp/demo" | grep '^{' >"$tmp/json"
by_trap count <"$tmp/json" >"$tmp/tool"
own 1 <"$tmp/demo" >"$tmp/own"
compare "kvmlat -v 1"

kvmlat -j -p 1 -- vmm-demo 1 "$tmp/demo" | grep '^{' >"$tmp/json"
grep -q '"exits":0,' "$tmp/json"
check "kvmlat -p of another process: no exits"

kvmexit-top -j -b reason -d 0.5 >"$tmp/top" &
top=$!
attached "$tmp/top"
vmm-demo 1 "$tmp/demo" >"$tmp/out"
check "kvmexit-top watches the demo"
# When kvmexit-top is told to end, it reports the exits since its last window.
kill -INT $top
wait $top
by_trap exits <"$tmp/top" >"$tmp/tool"
own all <"$tmp/demo" >"$tmp/own"
compare kvmexit-top
! grep -v '"missed":0,"dropped":0' "$tmp/top"
check "kvmexit-top: nothing missed, nothing dropped"
echo "1..$n"
