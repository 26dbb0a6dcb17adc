#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# lab: machine=powernv9 kernel=64k smp=2 backend=ours quick=yes
#
# The format files of the events are an interface: the types and offsets of the fields, and the names of values that
# the stock backend names. formats/ has the stock backend's files for the system kvm_hv, and for each version of
# the record the files for the system hvlens. A change of an hvlens event needs a new HVLENS_EXIT_VERSION and
# a new file. This command makes it:
#   scripts/lab -b BACKEND -- '/lab/event-formats.t SYSTEM EVENT'

lab=$(dirname "$0")
events=/sys/kernel/tracing/events

# fields SYSTEM EVENT
fields() { sed -n 's/^\t\(field:.*\)/\1/p' "$events/$1/$2/format" | grep -v ' common_'; }

# symbols SYSTEM EVENT: prints the numbers and names of the first __print_symbolic
symbols()
{
	sed -n 's/^print fmt.*__print_symbolic([^,]*, *\({[^)]*}\)).*/\1/p' "$events/$1/$2/format" |
		sed 's/}, */\n/g' | tr -d '{} "' |
		while IFS=, read -r number name; do
			printf 'symbol 0x%x %s\n' "$number" "$name"
		done
}

if [ $# = 2 ]; then
	fields "$1" "$2"
	case $2 in kvm_guest_exit|kvm_hcall_enter) symbols "$1" "$2" ;; esac
	exit
fi

n=0
# check NAME: prints a line of TAP for the status of the previous command; after a failure also /tmp/formats.why
check()
{
	if [ $? = 0 ]; then verdict=ok; else verdict='not ok'; fi
	n=$((n + 1))
	echo "$verdict $n - $1"
	[ "$verdict" = ok ] || sed 's/^/#   /' /tmp/formats.why
}

for event in kvm_guest_enter kvm_guest_exit kvm_hcall_enter kvm_hcall_exit kvm_page_fault_enter kvm_page_fault_exit \
	kvmppc_vcore_blocked kvmppc_run_vcpu_enter kvmppc_run_vcpu_exit; do
	fields kvm_hv $event >/tmp/formats.got
	grep '^field' "$lab/formats/kvm_hv.$event" | diff - /tmp/formats.got >/tmp/formats.why
	check "kvm_hv:$event: the fields are those of the stock backend"
done
for event in kvm_guest_exit kvm_hcall_enter; do
	symbols kvm_hv $event >/tmp/formats.got
	grep '^symbol' "$lab/formats/kvm_hv.$event" >/tmp/formats.want
	[ -s /tmp/formats.want ] && ! grep -vxF -f /tmp/formats.got /tmp/formats.want >/tmp/formats.why
	check "kvm_hv:$event: values that stock names have the same names"
done

[ -e $events/hvlens ] || { echo "1..$n"; exit; }
version=$(dmesg | sed -n 's/.*(record version \([0-9]*\)).*/\1/p' | tail -n 1)
echo "no version in the kernel's log" >/tmp/formats.why
[ -n "$version" ]
check "the backend logs the record's version when it loads: $version"
for event in exit entry_abort machine_check rm_complete; do
	fields hvlens $event >/tmp/formats.got
	diff "$lab/formats/hvlens.$event.v$version" /tmp/formats.got >/tmp/formats.why 2>&1
	check "hvlens:$event: as recorded for version $version"
done
for event in "$events"/hvlens/*/; do
	basename "$event"
done | grep -vx 'exit\|entry_abort\|machine_check\|rm_complete' >/tmp/formats.why
[ ! -s /tmp/formats.why ]
check "hvlens: no event without a recorded format"
echo "1..$n"
