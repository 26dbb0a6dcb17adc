#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# lab: machine=powernv9 kernel=64k smp=2 backend=ours timeout=600 guest=yes
# lab: machine=powernv8 kernel=64k smp=2 backend=ours timeout=600 guest=yes rare=yes
# QEMU's gdbstub on a Linux guest: software breakpoints, which the guest meets on both of its vCPUs. Like the
# stock backend, ours does not offer hardware breakpoints and watchpoints.

# shellcheck source=tests/lab/guests/guests-lib.sh
. "$(dirname "$0")/guests-lib.sh"

# gdb PACKET...: sends the packets and sets reply to the answer to the last one; false if an answer is neither OK
# nor a value nor a stop
gdb()
{
	for packet; do
		echo "$packet" >&6
		IFS= read -r reply <&7 || bail "no answer to $packet: $(cat "$tmp/gdb.stderr")"
		case $reply in
		''|E*)	return 1 ;;
		esac
	done
}

# number BYTES: prints the value of a register, which the gdbstub sends in the guest's byte order
number() { echo "$1" | sed 's/\(..\)\(..\)\(..\)\(..\)\(..\)\(..\)\(..\)\(..\)/\8\7\6\5\4\3\2\1/'; }

# stops_at ADDRESS VCPU: lets the guest go on; true if that vCPU stops at ADDRESS
stops_at()
{
	gdb c
	stop=$reply
	thread=$(echo "$stop" | sed 's/^T05thread:\([^;]*\);.*/\1/')
	gdb "Hg$thread" g p40	# p alone returns the value of the last g or of the last stop
	at=$(number "$reply")
	[ "$at" != "$1" ] || [ $((0x${thread##*.} - 1)) != "$2" ] || return 0
	echo "# $stop at $at"
	return 1
}

# The guest runs sync on the vCPUs in turn.
# shellcheck disable=SC2016
start one '-c 2' 'grep -E " T sys_(sync|exit_group)$" /proc/kallsyms; echo ready
	while read cpu && [ $cpu != quit ]; do taskset -c $cpu sync; echo synced $cpu; done' \
	"-gdb unix:$tmp/gdb,server=on,wait=off"
within 120 has_said ready 0 || bail "the guest does not boot"
address() { sed -n "s/ T sys_$1\$//p" "$tmp/one.said"; }
sync=$(address sync) exit=$(address exit_group)

mkfifo "$tmp/packets" "$tmp/answers"
gdb-remote "$tmp/gdb" <"$tmp/packets" >"$tmp/answers" 2>"$tmp/gdb.stderr" &
exec 6>"$tmp/packets" 7<"$tmp/answers"
trap '' PIPE	# when gdb-remote has ended, the missing answer shows it

gdb "Z0,$sync,4"
check "a software breakpoint is taken"
! status_is running
check "the guest is stopped while the debugger is connected"
for cpu in 0 1; do
	echo $cpu >&5
	stops_at "$sync" $cpu
	check "vCPU $cpu stops where the breakpoint is"
	gdb "z0,$sync,4" "Z0,$exit,4" && stops_at "$exit" $cpu && ! has_said "synced $cpu" 0
	check "the guest goes on to the next breakpoint"
	gdb "z0,$exit,4" "Z0,$sync,4"
	check "breakpoints are removed and set again"
done
! gdb "Z1,$sync,4" && ! gdb "Z2,$sync,8"
check "hardware breakpoints and watchpoints are not offered"
gdb "z0,$sync,4" D
check "the debugger leaves"
echo 0 >&5
within 60 has_said "synced 0" 1 && has_said "synced 1" 0
check "the guest goes on"
echo quit >&5
powers_off
echo "1..$n"
