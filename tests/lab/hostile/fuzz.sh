# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=dash
# fuzz.sh PROGRAM [WARM-UP STEPS]: runs a fuzzer, with FUZZ_SEED and FUZZ_STEPS of the environment if they are set.
# Then checks that guests have run, that the kernel's log is short, that no memory is lost, and that the
# module unloads.

# shellcheck source=tests/lab/lib/modules.sh
. /lab/modules.sh

module=/modules/${FUZZ_BACKEND:-ours}/kvm-hv.ko
modprobe kvm
insmod "$module" || exit 1

# kvm.ko logs mistakes of a VMM as often as they occur. These lines are not the backend's and do not count.
log_lines() { dmesg | grep -v -c -e "xive-kvm: Can't find server" -e 'KVM: debugfs: duplicate directory'; }

uptime_seconds() { sed 's/\..*//' /proc/uptime; }

# The first episodes fill the kernel's pools (percpu, slabs, stacks of threads).
"$1" -s 999 -n "$2" >/tmp/warm-up
check "the fuzzer starts"
grep -v '^ok' /tmp/warm-up | sed 's/^/# /'
before=$(free_memory)
lines=$(log_lines)
seconds=$(uptime_seconds)
# exits by the kernel's own count: a KVM_RUN may return before the guest has run
exit_event=/sys/kernel/tracing/events/kvm_hv/kvm_guest_exit
echo hist:keys=trap >$exit_event/trigger
"$1" -s "${FUZZ_SEED:-1}" ${FUZZ_STEPS:+-n "$FUZZ_STEPS"} >/tmp/fuzz
check "seed ${FUZZ_SEED:-1}"
sed 's/^/# /' /tmp/fuzz
exits=$(sed -n 's/^ *Hits: //p' $exit_event/hist)
reasons=$(sed -n 's/^ *Entries: //p' $exit_event/hist)
echo '!hist:keys=trap' >$exit_event/trigger
after=$(free_memory)
seconds=$(($(uptime_seconds) - seconds))
lines=$(($(log_lines) - lines))
episodes=$(sed -n 's/.* steps in \([0-9]*\) episodes.*/\1/p' /tmp/fuzz)

[ "$exits" -ge $((10 * ${episodes:-1})) ] && [ "$reasons" -ge 3 ]
check "guests ran: $exits exits for $reasons reasons, at least 10 per episode and 3 reasons"

# A VM has at least a megabyte. The smallest leak is one page in each episode.
leak=$((before - after))
[ "$leak" -lt $((3000 + ${episodes:-0} * $(page_size) / 2)) ]
check "memory is back: $leak KiB less after ${episodes:-0} episodes"
# a guest's machine check is logged at most 10 times in 5 s, with five lines each
most=$((20 + (seconds / 5 + 1) * 10 * 5))
[ "$lines" -lt "$most" ]
check "$lines lines in the kernel's log, fewer than $most"
[ "$lines" -lt "$most" ] || dmesg | tail -n 20 | sed 's/^/# /'
rmmod kvm_hv
check "the module unloads"
insmod "$module" && lab-modes >/tmp/modes
check "the module runs guests when it is loaded again"
grep -v '^ok' /tmp/modes | sed 's/^/# /'
# The next test loads the module itself.
rmmod kvm_hv
check "the module unloads again"
echo "1..$n"
