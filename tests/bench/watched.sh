#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# In the emulated host: bench-exits' lines with nobody watching, with each of those who can
# watch, and again with nobody; each line behind the watcher's name and a tab.

# The usual question to bpftrace, times in the guest by reason
bpftrace='
tracepoint:kvm_hv:kvm_guest_enter { @start[tid] = nsecs }
tracepoint:kvm_hv:kvm_guest_exit /@start[tid]/ { @[args->trap] = hist(nsecs - @start[tid]); delete(@start[tid]) }'

# as WATCHER <LINES
as() { sed "s/^/$1	/"; }

# beside PATTERN COMMAND...: bench-exits while COMMAND runs, from when it has written PATTERN
# until it is interrupted
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
	# What it has to do when it begins is none of an exit's.
	sleep 10
	bench-exits
	kill -INT $!
	wait $!
	cat /tmp/watcher >&2
}

# The host's own work after its boot would fall into the numbers; waiting is free
# where idle time is skipped.
sleep 30
bench-exits | as nobody
kvmlat -j -- sh -c 'bench-exits >/tmp/exits' >&2 && as kvmlat </tmp/exits
beside rows kvmexit-top -j | as kvmexit-top
perf kvm stat record -o /tmp/perf.data bench-exits >/tmp/exits && test -s /tmp/perf.data && as perf </tmp/exits
beside Attaching bpftrace -e "$bpftrace" | as bpftrace
bench-exits | as nobody-again
