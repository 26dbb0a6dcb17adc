#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# tools.sh ours|stock: kvmlat and kvmexit-top count the same exits as the guest and its VMM (vmm-demo), whichever
# way they attach to the backend. They end as they should.

backend=$1
export HVLENS_SOURCE
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
# The user nobody runs tools here too, and needs access to their files.
chmod 755 "$tmp"

# $phase is a phase that each exit's record has. On POWER8 some records lack T2 and T3, the borders of the
# phase guest, and all lack the window without recovery.
case $backend in
ours)	sources='hvlens/tp_btf hvlens/raw_tp hvlens/tp' phase=handle ;;
stock)	sources='stock/tp_btf stock/raw_tp' phase=guest ;;
esac
! grep -q '^cpu.*POWER8' /proc/cpuinfo || power8=yes

# shellcheck source=tests/lab/lib/tap.sh
. "$(dirname "$0")/tap.sh"

# dropped PID: true if that tool has attached: it drops its capabilities then
dropped() { within 60 grep -q '^CapEff:.*[^0-9a-f]0*$' "/proc/$1/status"; }

# vcpus_exited COUNT: true if KVM's statistics count at least COUNT exits
vcpus_exited() { [ "$(cat /sys/kernel/debug/kvm/sum_exits)" -ge "$1" ]; }

# rows PHASE <DOCUMENT: prints "TRAP COUNT" for each row of that phase
rows() { tr '{' '\n' | sed -n "s/^\"trap\":\"\([0-9a-fx]*\)\",.*\"phase\":\"$1\",\"count\":\([0-9]*\),.*/\1 \2/p"; }

# agrees VCPU DOCUMENT: true if the document has the counts of the guest and its VMM
agrees()
{
	rows "$phase" <"$2" >"$tmp/rows"
	while read -r vcpu trap relation count; do
		[ "$vcpu" = "$1" ] || continue
		# The stock backend handles some hypercalls before its events, which see trap 0.
		[ "$backend $trap" != 'stock 0xc00' ] || continue
		seen=$(awk -v trap="$trap" '$1 == trap { print $2 }' "$tmp/rows")
		if [ "$relation" = = ]; then
			[ "${seen:-0}" -eq "$count" ]
		else
			[ "${seen:-0}" -ge "$count" ]
		fi || why "$trap: $relation $count, not ${seen:-0}"
	done <"$tmp/counts"
	[ ! -s "$tmp/why" ]
}

# is NAME VALUE DOCUMENT: true if each member NAME has that value
is()
{
	got=$(member "$1" <"$3")
	[ "$got" = "$2" ] || why "$1 is $got, not $2, in $(cut -c 1-400 "$3")"
}

for source in $sources; do
	HVLENS_SOURCE=$source
	kvmlat --json --by=reason --vcpu=0 -- vmm-demo 1 "$tmp/counts" >"$tmp/out" 2>"$tmp/why"
	check "$source: kvmlat measures a command and returns its status"
	tail -n 1 "$tmp/out" >"$tmp/report"
	is attach "\"${source#*/}\"" "$tmp/report"
	check "$source: kvmlat is attached to that"
	agrees 0 "$tmp/report"
	check "$source: kvmlat has the counts of guest and VMM"
	{ [ "$backend" = stock ] || is missed 0 "$tmp/report"; } && is dropped 0 "$tmp/report" &&
		is unknown_version 0 "$tmp/report" && is backwards 0 "$tmp/report"
	check "$source: nothing missed, dropped, unknown or backwards"
done
unset HVLENS_SOURCE

# The same exits, grouped in each possible way. The innermost kvmlat reports first.
kvmlat --json --by=hcall -f "$phase" -- kvmlat --json --by=cpu -f "$phase" -- \
	kvmlat --json --reason=hcall -f "$phase" -- kvmlat --json --by=reason -f "$phase" -- \
	vmm-demo 1 "$tmp/counts" 2>"$tmp/why" | grep '^{' >"$tmp/out"
# counted LINE: prints the sum of the counts in that line of the output, which is one document
counted() { sed -n "$1p" "$tmp/out" | sed 's/.*"rows"://' | member count | sum; }
hcalls=$(sed -n 1p "$tmp/out" | by_trap count | sed -n 's/^0xc00 //p')
holds "hypercalls" "${hcalls:-0}" -gt 0 && holds "by hypercall" "$(counted 4)" -eq "$hcalls" &&
	holds "--reason=hcall" "$(counted 2)" -eq "$hcalls" &&
	holds "its heading" "$(sed -n 2p "$tmp/out" | member exits)" -eq "$hcalls"
check "hypercalls: the same number by hypercall, and with --reason=hcall"
holds "by CPU" "$(counted 3)" -eq "$(counted 1)"
check "as many exits by CPU as by reason"
sed -n 4p "$tmp/out" | grep -q '"hcall_number":"0xe8","hcall":"H_PROD"' || why "$(sed -n 4p "$tmp/out")"
check "a hypercall by its name"
kvmlat --json --by=reason -f roundtrip,hcall -- vmm-demo 1 "$tmp/counts" >"$tmp/out" 2>"$tmp/why"
holds "round trips" "$(tail -n 1 "$tmp/out" | rows roundtrip | wc -l)" -ge 5 &&
	holds "reasons with time in hypercalls" "$(tail -n 1 "$tmp/out" | rows hcall | wc -l)" -eq 1
check "round trips and the time of hypercalls"
if [ "$backend" = ours ]; then
	kvmlat --json --by=reason -f exit,norecover -- vmm-demo 1 "$tmp/counts" >"$tmp/out" 2>"$tmp/why"
	tail -n 1 "$tmp/out" | rows exit >"$tmp/exits"
	tail -n 1 "$tmp/out" | rows norecover >"$tmp/windows"
	if [ -n "$power8" ]; then
		[ -s "$tmp/exits" ] && ! grep . "$tmp/windows" >"$tmp/why"
		check "no window without recovery: it is in vmlinux"
	else
		[ -s "$tmp/exits" ] && diff "$tmp/exits" "$tmp/windows" >"$tmp/why"
		check "a window without recovery for each exit"
	fi
fi
vmm-demo 3600 >/dev/null & guest=$!
kvmlat --json --over=1us 1 2 >"$tmp/out" 2>"$tmp/why"
grep -q 'hvlens-kvmlat-slow/3.*"stack":\[.*kvm_vcpu_ioctl' "$tmp/out" || why "$(head -c 600 "$tmp/out")"
check "--over: a slow exit with its stack"
lab-cap-bpf kvmlat --json 1 2 >"$tmp/out" 2>"$tmp/why"
holds "exits" "$(member exits <"$tmp/out" | sum)" -gt 0 &&
	tail -n 1 "$tmp/out" >"$tmp/report" && is attach '"raw_tp"' "$tmp/report"
check "CAP_BPF and CAP_PERFMON are enough"
mount -t tmpfs none /sys/kernel/btf
ends 6 'has no BTF' kvmlat 1 1
check "without BTF: 6 and a message"
umount /sys/kernel/btf
kill $guest
wait $guest

# Windows of 0.1 s of both tools, compared with one window
export tmp
kvmlat --json 0.1 -- sh -c "
	. $(dirname "$0")/tap.sh
	kvmexit-top --json --delay 0.1 >$tmp/top &
	attached $tmp/top
	kvmlat --json -- vmm-demo 1 $tmp/counts >$tmp/one
	within 60 sh -c '[ \$(wc -l <$tmp/many) -gt 10 ]' || exit
	kill -INT \$!
	wait \$!" >"$tmp/many" 2>>"$tmp/why"
check "kvmexit-top ends with status 0 on SIGINT"
one=$(tail -n 1 "$tmp/one" | member exits | sum)
holds "windows" "$(wc -l <"$tmp/many")" -gt 10 &&
	holds "windows with exits" "$(member exits <"$tmp/many" | grep -c -v '^0$')" -ge 2
check "kvmlat reports every interval"
many=$(grep -o '"phase":"guest","count":[0-9]*' "$tmp/many" | cut -d : -f 3 | sum)
borderless=$(member borderless <"$tmp/many" | sum)
holds "exits" "$one" -gt 0 && holds "exits by window" "$(member exits <"$tmp/many" | sum)" -eq "$one" &&
	holds "exits in histograms, or without T2 and T3" $((many + borderless)) -eq "$one" &&
	{ [ -n "$power8" ] || holds "without T2 and T3" "$borderless" -eq 0; }
check "no exit is lost between kvmlat's windows"
top=$(sed 's/"rows":.*//' "$tmp/top" | member exits | sum)
rows=$(sed 's/.*"rows"://' "$tmp/top" | member exits | sum)
holds "exits by window" "$top" -eq "$one" && holds "exits by row" "$rows" -eq "$one"
check "no exit is lost between kvmexit-top's windows"

if [ "$backend" = ours ]; then
	# The sums over all windows are compared: a pass or a sleep counts in the window in which it ends.
	tr '{' '\n' <"$tmp/top" | awk -F '[:,]' '
		{ for (i = 1; i < NF; i++) if ($i ~ /"window_ns"/) window = $(i + 1) }
		/^"vm":/ {
			for (i = 1; i < NF; i++) {
				if ($i ~ /"vcpus"/) all += window * $(i + 1)
				if ($i ~ /"(guest|prepare|entry|exit|replay|handle|user|block)_ns/) sum += $(i + 1)
			}
		}
		END { if (!sum || sum > all) print "parts add up to " sum " ns of " all }' >"$tmp/why"
	[ ! -s "$tmp/why" ]
	check "kvmexit-top's times add up to no more than the whole time"

	# bench-exits makes a VM for each measurement; the numbers of its vCPUs start at 1.
	kvmlat --json 0.1 -- bench-exits >"$tmp/many" 2>"$tmp/why" &&
		holds "exits" "$(member exits <"$tmp/many" | sum)" -gt 1000 &&
		holds "missed" "$(member missed <"$tmp/many" | sum)" -eq 0
	check "one VM after another in the same process: nothing missed"
fi

ends 7 'no exits seen' kvmlat -p 1 0.2 1
check "no exits: 7 and a message"
ends 7 'no exits seen' kvmexit-top -B -n 1 -d 0.2
check "kvmexit-top: the same"
ends 2 'not a vCPU id' kvmlat -v x
check "wrong argument: 2"
ends 2 'hvlens/raw_tp' env HVLENS_SOURCE=other kvmlat 1 1
check "wrong HVLENS_SOURCE: 2, and the possible values"
ends 5 '' kvmlat -- sh -c 'exit 5'
check "a command's status"
ends 143 '' kvmlat -- sh -c 'kill -TERM $$'
check "a command's signal"
ends 127 'No such file' kvmlat -- /no/such/command
check "no such command: 127"
ends 1 'No space left' sh -c 'kvmlat 0.2 1 >/dev/full'
check "a full device: 1"

grep -qs '^nobody:' /etc/passwd || echo 'nobody:x:65534:65534::/:/bin/sh' >>/etc/passwd
ends 3 'CAP_BPF' su -s /bin/sh nobody -c 'kvmlat 1 1'
check "no privilege: 3"

vmm-demo 3600 >/dev/null &
guest=$!
kvmlat --json >"$tmp/signal" & tool=$!
dropped $tool
check "capabilities are dropped when the programs are attached"
within 60 vcpus_exited $(($(cat /sys/kernel/debug/kvm/sum_exits) + 100)) &&
	kill -TERM $tool &&
	wait $tool && holds "exits in the report" "$(member exits <"$tmp/signal" | sum)" -gt 0
check "a report on SIGTERM"
kvmlat 100 >/dev/null 2>&1 & tool=$!
dropped $tool
kill $guest
wait $guest
! rmmod kvm-hv 2>"$tmp/why"
check "the backend stays while a tool is attached"
kill $tool
wait $tool

if rmmod kvm-hv 2>"$tmp/why"; then
	ends 5 'modprobe kvm-hv' kvmlat 1 1
	check "no backend: 5"
	ends 5 'modprobe kvm-hv' kvmexit-top -B -n 1
	check "kvmexit-top: the same"
	insmod "/modules/$backend/kvm-hv.ko" 2>"$tmp/why"
	check "the backend loads again"
else
	false
	check "the backend can be unloaded when no tool is attached"
fi
echo "1..$n"
