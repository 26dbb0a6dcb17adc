#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Runs in the emulated host: prints the output of bench-exits without a tool, with empty BPF programs, with each tool
# that can watch, and again without. Each line begins with the name of the tool and a tab. A line of a tool's process has
# the ticks of processor time that it takes per exit.

# The emulator does not enforce HFSCR, which costs each entry the exchange of the performance monitor's registers. A
# POWER processor enforces it.
events='kvm_guest_enter kvm_guest_exit kvm_hcall_exit'
if [ -e /sys/module/kvm_hv/parameters/hfscr_enforced ]; then
	events='exit'
	rmmod kvm_hv && insmod /modules/ours/kvm-hv.ko hfscr_enforced=1 || exit
fi

# The usual bpftrace script: time in the guest, by exit reason
bpftrace='
tracepoint:kvm_hv:kvm_guest_enter { @start[tid] = nsecs }
tracepoint:kvm_hv:kvm_guest_exit /@start[tid]/ { @[args->trap] = hist(nsecs - @start[tid]); delete(@start[tid]) }'

# as WATCHER <LINES: puts the name before each line
as() { sed "s/^/$1	/"; }

# beside PATTERN COMMAND...: runs bench-exits while COMMAND runs, after it has printed PATTERN; then interrupts COMMAND
beside()
{
	pattern=$1
	shift
	"$@" >/tmp/watcher 2>&1 &
	tries=120
	until grep -q "$pattern" /tmp/watcher; do
		kill -0 $! || return
		tries=$((tries - 1))
		[ $tries -gt 0 ] || { echo "no '$pattern' in 120 s of: $*" >&2; cat /tmp/watcher >&2; kill $!; return; }
		sleep 1
	done
	# What the tool does when it starts is not part of the cost of an exit.
	sleep 10
	begin=$(cut -d ' ' -f 1 "/proc/$!/schedstat")
	bench-exits
	sleep 2
	spent=$(($(cut -d ' ' -f 1 "/proc/$!/schedstat") - begin))
	kill -INT $!
	wait $!
	cat /tmp/watcher >&2
}

# The host still works after its boot, which would change the numbers. Waiting costs nothing, because the
# clock skips idle time.
sleep 30
bench-exits | as nobody
# shellcheck disable=SC2086
beside attached watch-nothing $events | as nothing
kvmlat -j -- sh -c 'bench-exits >/tmp/exits' >&2 && as kvmlat </tmp/exits
# The process does in a window what it does for every kind of rows, and prints some lines.
beside rows kvmexit-top -j >/tmp/exits && as kvmexit-top </tmp/exits
exits=$(grep -o '"exits":[0-9]*,"vcpus"' /tmp/watcher | cut -d : -f 2 | awk '{ sum += $1 } END { print sum }')
echo "kvmexit-top	process	$((spent * 512 / 1000 / exits))"
perf kvm stat record -o /tmp/perf.data bench-exits >/tmp/exits && test -s /tmp/perf.data && as perf </tmp/exits
beside Attaching bpftrace -e "$bpftrace" | as bpftrace
bench-exits | as nobody-again
