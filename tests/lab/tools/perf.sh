#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# perf.sh ours|stock: perf kvm stat counts the same exits as kvmlat, kvmexit-top, the guest and its VMM (vmm-demo).
# All of them begin before the guest and end after it.
#
# perf counts an exit when its vCPU enters again. So the tools count the last exit of each vCPU, the hypercall
# that ends vmm-demo's two vCPUs, but perf does not.

backend=$1
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
# shellcheck source=tests/lab/lib/tap.sh
. "$(dirname "$0")/tap.sh"
# shellcheck source=tests/lab/tools/perf-lib.sh
. "$(dirname "$0")/perf-lib.sh"
# A phase that each exit has: on POWER8 T2 and T3 are absent from some records.
case $backend in ours) phase=handle ;; stock) phase=guest ;; esac

# same WHAT VCPUS ROWS: true if perf's table has the counts of the tool's rows
same()
{
	by_perf "$2" <"$3" >"$tmp/want"
	sort "$tmp/perf" >"$tmp/got"
	[ "$(wc -l <"$tmp/got")" -ge 1 ] || why "perf counted nothing"
	diff "$tmp/want" "$tmp/got" >"$tmp/diff" || why "(-) $1, (+) perf:" "$(sed 1,2d "$tmp/diff")"
}

# When kvmexit-top is told to end, it reports the exits since its last window.
export tmp
perf kvm stat record -o "$tmp/data" sh -c "
	. $(dirname "$0")/tap.sh
	kvmexit-top -j -b reason -d 0.5 >$tmp/top & top=\$!
	kvmexit-top -j -b hcall -d 0.5 >$tmp/top.hcall & hcalls=\$!
	attached $tmp/top && attached $tmp/top.hcall || exit
	kvmlat -j -b reason -f $phase -- kvmlat -j -b reason -f $phase -v 1 -- vmm-demo 1 $tmp/demo >$tmp/lat 2>&1
	kill -INT \$top \$hcalls
	wait \$top && wait \$hcalls" >"$tmp/out" 2>>"$tmp/why"
check "perf kvm stat record"
grep '^{' "$tmp/lat" | tail -n 1 | by_trap count >"$tmp/kvmlat"
grep '^{' "$tmp/lat" | head -n 1 | by_trap count >"$tmp/kvmlat1"
by_trap exits <"$tmp/top" >"$tmp/kvmexit-top"

perf_complete
check "perf lost no event"
! { grep '^{' "$tmp/lat"; cat "$tmp/top"; } | grep -v '"dropped":0' >"$tmp/why"
check "the tools dropped none"

report --event=vmexit >"$tmp/perf"
returned=$(returns)
same kvmlat 2 "$tmp/kvmlat"
check "perf's exits by reason are kvmlat's"
same kvmexit-top 2 "$tmp/kvmexit-top"
check "perf's exits by reason are kvmexit-top's"
for symbol in SYSCALL H_DATA_STORAGE H_INST_STORAGE H_EMUL_ASSIST HV_DECREMENTER UNKNOWN; do
	grep -q "^$symbol " "$tmp/perf" || why "no $symbol in:" "$(cat "$tmp/perf")"
done
[ ! -s "$tmp/why" ]
check "at least six reasons"

# The counts of the guest and its VMM: "VCPU TRAP RELATION COUNT"
while read -r vcpu trap relation count; do
	# The stock backend answers H_CEDE before its events, which see trap 0.
	[ "$backend $trap" != 'stock 0xc00' ] || continue
	[ "$trap" != 0xc00 ] || count=$((count - 1))
	name=$(sed -n "s/^$trap //p" "$tmp/names")
	grep -q "^$name " "$tmp/perf" || name=UNKNOWN relation='>='
	echo "$vcpu $name $relation $count"
done <"$tmp/demo" >"$tmp/expected"
for vcpu in 0 1; do
	report --event=vmexit --vcpu=$vcpu >"$tmp/vcpu$vcpu"
	while read -r v name relation count; do
		[ "$v" = $vcpu ] || continue
		seen=$(sed -n "s/^$name //p" "$tmp/vcpu$vcpu")
		if [ "$relation" = = ]; then
			[ "${seen:-0}" -eq "$count" ]
		else
			[ "${seen:-0}" -ge "$count" ]
		fi || why "$name: $relation $count, not ${seen:-0}"
	done <"$tmp/expected"
	[ ! -s "$tmp/why" ]
	check "perf --vcpu=$vcpu: the counts of guest and VMM"
done
cp "$tmp/vcpu1" "$tmp/perf"
same "kvmlat --vcpu=1" 1 "$tmp/kvmlat1"
check "perf --vcpu=1: the counts of kvmlat --vcpu=1"

# Hypercalls that the host handles after its events: H_PROD, one that only user space handles, and
# the last one, whose number is that of H_RTAS
report --event=hcall >"$tmp/hcalls"
hcall() { sed -n "s/^$1 //p" "$tmp/hcalls"; }
sort "$tmp/hcalls" | cut -d ' ' -f 1 | paste -s -d ' ' >"$tmp/got"
[ "$(cat "$tmp/got")" = 'H_PROD H_RTAS UNKNOWN' ] || why "$(cat "$tmp/got")"
check "perf --event=hcall: these three"
holds "H_RTAS" "$(hcall H_RTAS)" -eq 2 && holds "H_PROD" "$(hcall H_PROD)" -eq "$(hcall UNKNOWN)"
check "one of each per round, two at the end"
if [ "$backend" = ours ]; then
	# kvmexit-top also counts hypercalls that are answered early, by number.
	sed 's/},{/}\n{/g' "$tmp/top.hcall" | sed -n 's/.*"hcall":"\([^"]*\)".*"exits":\([0-9]*\).*/\1 \2/p' |
		awk '{ sum[$1 == "(unknown)" ? "UNKNOWN" : $1] += $2 }
		     END { for (i in sum) print i, sum[i] }' | sort >"$tmp/want"
	sort "$tmp/hcalls" >"$tmp/got"
	sed '/^H_CEDE /d' "$tmp/want" | diff - "$tmp/got" >"$tmp/why"
	check "perf counts as many of each as kvmexit-top"
	ceded=$(sed -n 's/^H_CEDE //p' "$tmp/want")
	holds "H_CEDE" "${ceded:-0}" -gt 0
	[ $cede = RETURN_TO_HOST ] || ceded=0
	holds "RETURN_TO_HOST" "$returned" -eq "$ceded"
	check "H_CEDE is $cede among perf's exits"
else
	all=$(sed -n 's/^0xc00 //p' "$tmp/kvmlat")
	holds "hypercalls" "$(cut -d ' ' -f 2 "$tmp/hcalls" | sum)" -eq "$all"
	check "perf counts as many as kvmlat"
fi

# perf kvm stat live never shows more exits than there were. With either backend it may show fewer: when CPUs are
# busy, as here, it silently drops samples that it cannot sort in time. When its standard input is readable,
# as /dev/null always is, it spins and loses a SIGINT that comes at that time.
mkfifo "$tmp/stdin"
kvmexit-top -j -b reason -d 0.5 >"$tmp/top" & top=$!
attached "$tmp/top"
perf kvm stat live -d 1 <>"$tmp/stdin" >"$tmp/live" 2>&1 & live=$!
# windows COUNT: true if perf has shown more than COUNT windows
windows() { [ "$(grep -c Analyze "$tmp/live")" -gt "$1" ]; }
within 60 windows 0 || bail "perf kvm stat live shows nothing"
vmm-demo 2 >/dev/null
# the next window may have begun before
within 60 windows $(($(grep -c Analyze "$tmp/live") + 1))
check "perf kvm stat live goes on showing windows"
kill -INT $live $top
wait $live $top
table <"$tmp/live" >"$tmp/perf"
by_trap exits <"$tmp/top" | by_perf 0 >"$tmp/kvmexit-top"
for symbol in SYSCALL H_DATA_STORAGE H_INST_STORAGE H_EMUL_ASSIST HV_DECREMENTER UNKNOWN; do
	grep -q "^$symbol " "$tmp/perf" || why "no $symbol in:" "$(cat "$tmp/perf")"
done
while read -r name count; do
	holds "$name" "$count" -le "$(sed -n "s/^$name //p" "$tmp/kvmexit-top")"
done <"$tmp/perf"
[ ! -s "$tmp/why" ]
check "perf kvm stat live: of the same reasons, none more often than kvmexit-top counts"
echo "1..$n"
