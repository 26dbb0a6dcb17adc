#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# soak.sh TIMES COMMAND: runs COMMAND with sh -c TIMES times, every second time under kvmlat, and then unloads the
# backend and kvm.ko. No page, LPID or vCPU may stay behind. COMMAND runs one or more guests one after the
# other; VCPUS in its environment is alternately 1 and 2.
#
# A leak of pages shows as a slope. After each COMMAND the pages that are neither free nor hold files are
# counted. Their number may grow by less than half a page per VM (growth in leaks.sh). LPIDs are given out
# lowest first, so without a VM the next LPID is 1. When the caches of KVM and of the backend are destroyed
# with objects (vCPUs, tables) in them, the kernel warns.

times=$1 command=$2
warm_up=4
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
# shellcheck source=tests/lab/lib/tap.sh
. "$(dirname "$0")/tap.sh"
# shellcheck source=tests/lab/lib/leaks.sh
. "$(dirname "$0")/leaks.sh"

tracing=/sys/kernel/tracing

# guest NUMBER: runs COMMAND once, under kvmlat for every second NUMBER
guest()
{
	watch=
	[ $(($1 / 2 % 2)) = 0 ] || watch='kvmlat -j --'
	# shellcheck disable=SC2086
	VCPUS=$(($1 % 2 + 1)) $watch sh -c "$command" >"$tmp/out" 2>"$tmp/err" ||
		why "guest $1: status $?:" "$(cat "$tmp/err")"
	[ -z "$watch" ] || [ "$(member exits <"$tmp/out" | sum)" -gt 100 ] || why "guest $1: kvmlat saw no exits"
}

# shellcheck disable=SC2016
echo 'r:hvlens_soak/lpid kvmppc_alloc_lpid lpid=$retval:s64' >$tracing/kprobe_events 2>"$tmp/why" &&
	echo 1 >$tracing/events/hvlens_soak/enable
check "a probe reports the LPID of each VM"

i=0
while [ $i -lt $warm_up ]; do
	guest $i
	i=$((i + 1))
done
[ ! -s "$tmp/why" ]
check "$warm_up guests to warm up"

echo >$tracing/trace
start=$(cut -d . -f 1 /proc/uptime)
while [ $i -lt $((warm_up + times)) ]; do
	guest $i
	used_pages >>"$tmp/used"
	i=$((i + 1))
done
[ ! -s "$tmp/why" ]
check "$times guests, kvmlat attached to half of them"
echo "# $(($(cut -d . -f 1 /proc/uptime) - start)) s"

sed -n 's/.* lpid=\(-*[0-9]*\)$/\1/p' $tracing/trace >"$tmp/lpids"
vms=$(wc -l <"$tmp/lpids")
holds "VMs" "$vms" -ge "$times"
[ "$(sort -u "$tmp/lpids")" = 1 ] || why "the VMs had the LPIDs $(paste -s -d ' ' "$tmp/lpids")"
[ ! -s "$tmp/why" ]
check "$vms VMs, each had LPID 1"

slope=$(growth "$(awk "BEGIN { print $vms / $times }")" <"$tmp/used")
echo "# pages in use after each guest: $(paste -s -d ' ' "$tmp/used")"
awk "BEGIN { exit !($slope < 0.5) }" || why "it rises by $slope pages a VM"
[ ! -s "$tmp/why" ]
check "memory: $slope pages per VM"
echo 0 >$tracing/events/hvlens_soak/enable
echo >$tracing/kprobe_events

find /sys/kernel/debug/kvm -mindepth 1 -type d >"$tmp/why"
[ ! -s "$tmp/why" ]
check "debugfs has no VM"
[ "$(cat /sys/module/kvm_hv/refcnt)" = 0 ] || why "kvm-hv is used $(cat /sys/module/kvm_hv/refcnt) times"
rmmod kvm-hv 2>>"$tmp/why" && rmmod kvm 2>>"$tmp/why"
check "backend and kvm.ko are unloaded"
! dmesg | grep -A5 'WARNING\|BUG\|still has objects\|Objects remaining' >"$tmp/why"
check "the kernel does not complain"
modprobe kvm 2>"$tmp/why" && insmod /modules/ours/kvm-hv.ko 2>>"$tmp/why" && guest 0 && [ ! -s "$tmp/why" ]
check "loaded again: a guest runs"
echo "1..$n"
