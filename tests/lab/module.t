#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# lab: machine=powernv9 kernel=64k smp=2 backend=none timeout=120
#
# The module's life: loading, unloading, refusing; a hundred times without a leak.
# MODULE_BACKEND=stock in the environment does the same to the other one.

backend=${MODULE_BACKEND:-ours}
module=/modules/$backend/kvm-hv.ko
other=/modules/stock/kvm-hv.ko
n=0

# check NAME: a line of TAP for the status before
check()
{
	if [ $? = 0 ]; then verdict=ok; else verdict='not ok'; fi
	n=$((n + 1))
	echo "$verdict $n - $1"
}

# refused COMMAND...: fails, and says why in /tmp/module.why
refused()
{
	if "$@" 2>/tmp/module.why; then
		return 1
	fi
	sed 's/^/# /' /tmp/module.why
}

references() { sed -n 's/^kvm_hv [0-9]* \([0-9]*\).*/\1/p' /proc/modules; }

# free: memory that nobody uses, in KiB, once all that is on its way back is back;
# what each CPU keeps at hand counts as well
free()
{
	sync
	echo 3 >/proc/sys/vm/drop_caches
	sleep 0.3
	awk '/^MemFree:/ { kib += $2 } $1 == "count:" { kib += 64 * $2 } END { print kib }' \
		/proc/meminfo /proc/zoneinfo
}

modprobe kvm
check "kvm loads"

insmod "$module"
check "the backend loads"
[ "$backend" = stock ] || dmesg | tail -n 3 | grep -q 'kvm-hv'
check "and says so in the kernel's log"
[ "$(references)" = 0 ]
check "nobody holds it"

if [ "$backend" = ours ]; then
	refused insmod "$other"
	check "stock is refused while ours is loaded"
	grep -qi exist /tmp/module.why
	check "with EEXIST"
fi

vmm-demo 3 >/tmp/module.demo &
for i in $(seq 100); do
	[ "$(references)" = 0 ] || break
	sleep 0.1
done
[ "$(references)" != 0 ]
check "a VM holds it"
refused rmmod kvm_hv
check "it does not unload with a VM open"
wait $!
check "and the VM did not notice"
[ "$(references)" = 0 ]
check "the VM's end lets it go"

rmmod kvm_hv
check "it unloads"
! grep -q '^kvm_hv ' /proc/modules
check "and is gone"
# No ops: a VM of the HV type cannot be made.
lab-modes >/tmp/module.tap 2>&1
grep -q 'Bail out' /tmp/module.tap
check "no VM without it"

if [ "$backend" = ours ]; then
	insmod "$other"
	check "stock loads after ours is gone"
	refused insmod "$module"
	check "ours is refused while stock is loaded"
	rmmod kvm_hv
	check "stock unloads"
fi

# The first rounds fill the kernel's pools (percpu, slabs, stacks of threads).
round() { insmod "$module" && lab-modes >/dev/null && rmmod kvm_hv; }
for i in 1 2 3 4 5; do
	round || echo "# round $i failed"
done
before=$(free)
failed=0
for i in $(seq 95); do
	# a VM each tenth time: it is what takes memory
	if [ $((i % 10)) = 0 ]; then
		round || failed=$((failed + 1))
	else
		insmod "$module" && rmmod kvm_hv || failed=$((failed + 1))
	fi
done
[ $failed = 0 ]
check "loaded and unloaded 100 times"
after=$(free)
leak=$((before - after))
echo "# free memory: $before KiB before, $after KiB after"
# A leak of one page a load would be 95 * 64 = 6080 KiB.
[ $leak -lt 1000 ]
check "without a leak: $leak KiB less in 95 rounds"

insmod "$module" && lab-modes >/tmp/module.tap && ! grep -q '^not ok' /tmp/module.tap
check "and it still runs guests"
rmmod kvm_hv
echo "1..$n"
