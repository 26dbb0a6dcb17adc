#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# lab: machine=powernv9 kernel=64k smp=2 backend=ours timeout=600
# lab: machine=powernv8 kernel=64k smp=2 backend=ours timeout=600
#
# The code between host and guest cannot be traced or probed: RCU does not watch there, and the registers of
# neither side are complete. The events contain no addresses of the host.

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
check "$found functions of the window checked, at least five"

# the same files list functions outside of the switch
traceable run_vcpu
check "run_vcpu: ftrace knows it"
probe run_vcpu && echo >$tracing/kprobe_events
check "run_vcpu: a kprobe is accepted"

# The guest's addresses are low, since it runs without translation, so a high address would be the host's.
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
check "no pointer in their fields"
! grep -h 'print fmt' $tracing/events/hvlens/*/format $tracing/events/kvm_hv/*/format | grep '%p'
check "no pointer is printed"
echo "1..$n"
