#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# lab: machine=powernv9 kernel=64k smp=2 backend=ours timeout=600
# lab: machine=powernv8 kernel=64k smp=2 backend=ours timeout=600
#
# Between the host and the guest nothing can be traced or probed: RCU does not watch, and
# neither side's registers are whole. And what the events say is no help to find the
# host's memory.

# shellcheck source=tests/lab/lib/modules.sh
. /lab/modules.sh

tracing=/sys/kernel/tracing
# Each of these files takes seconds to read.
grep kvm_hv $tracing/available_filter_functions >/tmp/functions
grep '\[kvm_hv\]' /proc/kallsyms >/tmp/symbols
traceable() { grep -q "^$1 " /tmp/functions; }
probe() { echo "p:window/probe kvm_hv:$1" >$tracing/kprobe_events; }

found=0
for function in enter_p9 enter_p8 switch_p9 switch_p8 tlb_flush_local pmu_to_guest pmu_to_host \
		hv_enter_p9 hv_enter_timed_p9 hv_landing_p9 hv_enter_p8; do
	grep -q " $function	" /tmp/symbols || continue
	found=$((found + 1))
	! traceable $function
	check "$function: ftrace does not know it"
	refused probe $function
	check "$function: a kprobe is refused"
done
[ $found -ge 5 ]
check "$found functions of the window looked at, five at least"

# the same means do find what lies outside
traceable run_vcpu
check "run_vcpu: ftrace knows it"
probe run_vcpu && echo >$tracing/kprobe_events
check "run_vcpu: a kprobe is accepted"

# The guest's own addresses are low: it runs without translation.
echo 1 >$tracing/events/hvlens/enable
echo 1 >$tracing/events/kvm_hv/enable
lab-smp >/tmp/tap
check "a guest with all events on"
echo 0 >$tracing/events/enable
cat $tracing/trace >/tmp/trace
events=$(grep -c -e ' exit: ' -e kvm_guest_ -e kvm_hcall /tmp/trace)
[ "$events" -gt 50 ]
check "$events events, more than 50"
grep -E '[^0-9a-f]c0[0-9a-f]{14}([^0-9a-f]|$)' /tmp/trace | head -n 3 | sed 's/^/# /' >/tmp/addresses
[ ! -s /tmp/addresses ]
check "no address of the host's kernel in any of them"
cat /tmp/addresses
! grep -h -E 'field:.*\*' $tracing/events/hvlens/*/format $tracing/events/kvm_hv/*/format
check "no pointer among their fields"
! grep -h 'print fmt' $tracing/events/hvlens/*/format $tracing/events/kvm_hv/*/format | grep '%p'
check "none is printed"
echo "1..$n"
