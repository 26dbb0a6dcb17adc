#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# lab: machine=powernv9 kernel=64k smp=2 backend=none timeout=120
# lab: machine=powernv8 kernel=64k smp=2 backend=none timeout=120 rare=yes
#
# Loading and unloading the module, and the reasons for which it does not load. A hundred loads leak nothing.
# MODULE_BACKEND=stock in the environment tests the stock module.

backend=${MODULE_BACKEND:-ours}
module=/modules/$backend/kvm-hv.ko
other=/modules/stock/kvm-hv.ko
# shellcheck source=tests/lab/lib/modules.sh
. /lab/modules.sh
# shellcheck source=tests/lab/lib/leaks.sh
. /lab/leaks.sh

references() { sed -n 's/^kvm_hv [0-9]* \([0-9]*\).*/\1/p' /proc/modules; }

modprobe kvm
check "kvm loads"

if [ "$backend" = ours ]; then
	# The module contains offsets in struct kvmppc_icp of the kernel that it was built for. With another
	# definition of that struct this symbol has another CRC, which is 8 bytes before its name.
	symbol=kvmppc_xics_rm_complete
	cp "$module" /tmp/stale.ko
	for at in $(strings -t d /tmp/stale.ko | awk -v name=$symbol '$2 == name { print $1 }'); do
		[ "$(od -A n -t x4 -j $((at - 4)) -N 4 /tmp/stale.ko | tr -d ' ')" = 00000000 ] || continue
		printf XXXX | dd of=/tmp/stale.ko bs=1 seek=$((at - 8)) conv=notrunc 2>/dev/null
	done
	refused insmod /tmp/stale.ko
	check "built for another struct kvmppc_icp: refused"
	dmesg | tail -n 3 | grep -q "disagrees about version of symbol $symbol"
	check "the log says which symbol disagrees"
fi

insmod "$module"
check "the backend loads"
[ "$backend" = stock ] || dmesg | tail -n 3 | grep -q 'kvm-hv'
check "the kernel's log says that the backend is loaded"
[ "$(references)" = 0 ]
check "nothing holds the module"

if [ "$backend" = ours ]; then
	refused insmod "$other"
	check "stock is refused while ours is loaded"
	grep -qi exist "$tmp/refused"
	check "the error is EEXIST"
fi

held() { [ "$(references)" != 0 ]; }
vmm-demo 8 >/tmp/module.demo &
within 60 held
check "a VM holds the module"
refused rmmod kvm_hv
check "the module does not unload with a VM open"
wait $!
check "the VM does not notice that"
[ "$(references)" = 0 ]
check "the VM's end releases the module"

rmmod kvm_hv
check "the module unloads"
! grep -q '^kvm_hv ' /proc/modules
check "the module is gone"
# Without the module there are no ops, so nobody can make a VM of the HV type.
lab-modes >/tmp/module.tap 2>&1
grep -q 'Bail out' /tmp/module.tap
check "no VM can be made without the module"

if [ "$backend" = ours ]; then
	insmod "$other"
	check "stock loads after ours is gone"
	refused insmod "$module"
	check "ours is refused while stock is loaded"
	rmmod kvm_hv
	check "stock unloads"
fi

# The first rounds fill the kernel's pools (percpu, slabs, stacks of threads).
round()
{
	insmod "$module" || return
	if ! lab-modes >/tmp/module.tap; then
		grep '^not ok' /tmp/module.tap | sed 's/^/# modes: /'
		rmmod kvm_hv
		return 1
	fi
	rmmod kvm_hv
}
for i in 1 2 3 4 5; do
	round || echo "# round $i failed"
done
failed=0
for i in $(seq 100); do
	# a VM in every tenth round: VMs take most memory
	if [ $((i % 10)) = 0 ]; then
		round || failed=$((failed + 1))
		used_pages >>"$tmp/used"
	else
		insmod "$module" && rmmod kvm_hv || failed=$((failed + 1))
	fi
done
[ $failed = 0 ]
check "loaded and unloaded 100 times"
echo "# pages in use after each tenth time: $(paste -s -d ' ' "$tmp/used")"
growth=$(growth 10 <"$tmp/used")
awk "BEGIN { exit !($growth < 0.5) }"
check "without a leak: $growth pages per time, less than half a page"

# The module is unloaded while tools listen to its events. Either the unload waits, or the tools find nothing.
events=/sys/kernel/tracing/events
insmod "$module"
if [ "$backend" = ours ]; then
	echo 1 >$events/hvlens/enable
	echo 1 >$events/kvm_hv/enable
	lab-modes >/tmp/module.tap && ! grep -q '^not ok' /tmp/module.tap
	check "guests run with all events on"
	grep -q 'hvlens' /sys/kernel/debug/tracing/set_event 2>/dev/null || grep -q hvlens /sys/kernel/tracing/set_event
	check "events are on"
	rmmod kvm_hv
	check "the module unloads with all of its events on"
	[ ! -e $events/hvlens ]
	check "the events are gone"
	cat /sys/kernel/tracing/trace >/tmp/module.trace
	check "their records can be read"
	insmod "$module"
	check "the module loads again"
	[ "$(cat $events/hvlens/enable)" = 0 ]
	check "its events are off then"

	# lines of output of each tool, at least one
	windows() { wc -l <"$tmp/tool"; }
	windows_after() { [ "$(windows)" -gt "$1" ]; }
	for tool in 'kvmexit-top -j -d 0.5' 'kvmlat -j 0.5'; do
		name=${tool%% *}
		rm -f "$tmp/tool"
		# shellcheck disable=SC2086 # a command and its arguments
		$tool >"$tmp/tool" 2>"$tmp/why" &
		tool_pid=$!
		attached "$tmp/tool"
		refused rmmod kvm_hv
		check "with $name attached the module stays"
		# the report that the tool may be writing now, and a window that begins after it
		within 60 windows_after $(($(windows) + 1))
		check "$name goes on"
		kill -INT $tool_pid
		wait $tool_pid
		# the report has no exits, since no guest ran
		holds "$name's status" $? -eq 7
		check "$name ends when told to"
		rmmod kvm_hv 2>"$tmp/why" && insmod "$module" 2>>"$tmp/why"
		check "the module can be unloaded then"
	done
fi
lab-modes >/tmp/module.tap && ! grep -q '^not ok' /tmp/module.tap
check "the module still runs guests"
rmmod kvm_hv
echo "1..$n"
