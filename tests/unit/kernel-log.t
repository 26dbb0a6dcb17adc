#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# scripts/lib-kernel-log.sh finds what a kernel reports, and leaves out the debug kernel's reports that are known.

here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=scripts/lib-kernel-log.sh
. "$here/../../scripts/lib-kernel-log.sh"
n=0 status=0

# check WHAT WANTED <LOG: compares WANTED, the first line of the report, or nothing, with what show_splat finds
check()
{
	local got ok=ok

	got=$(show_splat - | head -n 1)
	if [ "$got" != "$2" ]; then
		ok='not ok' status=1
		echo "kernel-log.t: $1: '$got'" >&2
	fi
	echo "$ok $((++n)) - $1"
}

check "nothing" '' <<'LOG'
[    1.0] Linux version 6.12
[    1.1] all is well
LOG
while IFS= read -r line; do
	check "$line" "$line" <<<"[    1.0] before"$'\n'"$line"$'\n'"after"
done <<'LINES'
[    3.1] WARNING: CPU: 0 PID: 1 at lib/debugobjects.c:612 debug_print_object+0x8c/0xc0
[    3.2] WARNING: possible circular locking dependency detected
[    3.3] WARNING: suspicious RCU usage
[    3.4] BUG: sleeping function called from invalid context at mm/slab.h:1
[    3.5] BUG: KASAN: slab-out-of-bounds in one_reg_get+0x10/0x20 [kvm_hv]
[    3.6] BUG kmalloc-64 (Tainted: G           O      ): Poison overwritten
[    3.7] ODEBUG: free active (active state 0) object: 1 object type: timer_list hint: 0
[    3.8] kmemleak: 2 new suspected memory leaks (see /sys/kernel/debug/kmemleak)
[    3.9] turning off the locking correctness validator.
[    4.0] BUG: using smp_processor_id() in preemptible [00000000] code: lab-smp/87
LINES

known='[    5.0] BUG: using smp_processor_id() in preemptible [00000000] code: lab-smp/87
[    5.0] caller is xive_lock_and_mask+0x4c/0x190 [kvm]
[    5.0] CPU: 1 UID: 0 PID: 87 Comm: lab-smp'
check "a known report" '' <<<"$known"
check "two known reports" '' <<<"$known"$'\n'"$known"
later='[    6.0] WARNING: suspicious RCU usage'
check "another report after a known one" "$later" <<<"$known"$'\n'"$later"
ours=${known/xive_lock_and_mask/run_vcpu}
check "the same report, another caller" "${ours%%$'\n'*}" <<<"$ours"
other=${known/using smp_processor_id() in preemptible/sleeping function called}
check "another report, a known caller" "${other%%$'\n'*}" <<<"$other"
echo "1..$n"
exit $status
