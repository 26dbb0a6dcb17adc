#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# lab: machine=powernv9 kernel=64k smp=2 backend=ours append=lockdown=none timeout=120
#
# The tools say what is missing when they cannot work, and they work without what they do not need. The last
# check, lockdown, cannot be undone, so this test has a separate boot.

tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
chmod 755 "$tmp"
# shellcheck source=tests/lab/lib/tap.sh
. "$(dirname "$0")/tap.sh"

# by WAY COMMAND...: true if the tool attaches in that way and measures
by()
{
	way=$1
	shift
	"$@" --json -f guest 0.5 2 >"$tmp/output" 2>"$tmp/why" &&
		holds exits "$(member exits <"$tmp/output" | sum)" -gt 0 &&
		holds attach "$(member attach <"$tmp/output" | sort -u)" = "\"$way\""
}

only() { export HVLENS_SOURCE="$1"; shift; "$@"; result=$?; unset HVLENS_SOURCE; return $result; }

vmm-demo 3600 >/dev/null & guest=$!

mount -t tmpfs none /sys/kernel/tracing
mount -t tmpfs none /sys/kernel/debug
by tp_btf kvmlat
check "without tracefs: the tool attaches by tp_btf"
only hvlens/tp ends 1 'tracefs is not mounted: mount -t tracefs nodev /sys/kernel/tracing' kvmlat 1 1
check "without tracefs, by the plain tracepoint: 1, and how to mount it"
only stock by tp_btf kvmlat && grep -q '"rm_completes":{"calls":0,' "$tmp/output"
check "stock: a kprobe counts completions, of which this host has none: 0"
mount -t tmpfs none /sys/bus/event_source/devices
only stock by tp_btf kvmlat && ! grep -v '"rm_completes":null' "$tmp/output" >"$tmp/why"
check "stock without kprobes: completions are null, not 0"
by tp_btf kvmlat && grep -q '"rm_completes":{"calls":0,' "$tmp/output"
check "hvlens needs no kprobe: 0"
umount /sys/bus/event_source/devices /sys/kernel/tracing /sys/kernel/debug

mount -t tmpfs none /sys/kernel/btf
ends 6 'boot a kernel with CONFIG_DEBUG_INFO_BTF=y' kvmexit-top -B -n 1
check "without the kernel's BTF: 6, and what to do"
umount /sys/kernel/btf

# 4 is a value of Debian's: no access without CAP_PERFMON
echo 4 >/proc/sys/kernel/perf_event_paranoid
by raw_tp lab-cap-bpf kvmlat
check "kernel.perf_event_paranoid=4: CAP_BPF and CAP_PERFMON are enough"
only hvlens/tp_btf ends 1 'has no BTF, or reading it takes CAP_SYS_ADMIN' lab-cap-bpf kvmlat 1 1
check "by tp_btf these two are not enough: 1, and why"
! grep tracefs "$tmp/output" >"$tmp/why"
check "the message does not mention tracefs, which exists"
only hvlens/tp ends 3 'run as root' lab-cap-bpf kvmlat 1 1
check "by the plain tracepoint they are not enough: 3, and what to do"

mkdir "$tmp/cgroup"
mount -t cgroup2 none "$tmp/cgroup"
echo +memory >"$tmp/cgroup/cgroup.subtree_control"
mkdir "$tmp/cgroup/small"
echo 12M >"$tmp/cgroup/small/memory.max"
for tool in 'kvmlat --by=vcpu 1 1' 'kvmexit-top -B -n 1'; do
	# shellcheck disable=SC2016
	ends 1 'not enough memory for the maps; raise the limit' \
		sh -c 'echo $$ >"$0/cgroup.procs" && exec '"$tool" "$tmp/cgroup/small"
	check "too little memory in the cgroup: ${tool%% *}: 1, and what to do"
done
rmdir "$tmp/cgroup/small"
umount "$tmp/cgroup"

kill $guest
wait $guest
rmmod kvm_hv kvm 2>"$tmp/why" && ends 5 'load one: modprobe kvm-hv' kvmlat 1 1
check "neither kvm-hv nor kvm: 5, and what to do"
ends 5 'load one: modprobe kvm-hv' kvmexit-top -B -n 1
check "kvmexit-top: the same"
modprobe kvm && ends 5 'load one: modprobe kvm-hv' kvmlat 1 1
check "only kvm: the same"
insmod /modules/ours/kvm-hv.ko
vmm-demo 3600 >/dev/null & guest=$!

mount -t securityfs none /sys/kernel/security
echo integrity >/sys/kernel/security/lockdown
by tp_btf kvmlat
check "lockdown=integrity: as without lockdown"
echo confidentiality >/sys/kernel/security/lockdown
by tp_btf kvmlat
check "lockdown=confidentiality, our backend: as without lockdown, no helper reads the kernel's memory"
only hvlens/raw_tp ends 3 'boot with lockdown=integrity or none' kvmlat 1 1
check "by raw_tp, a copy: 3, and what to do"
only stock ends 3 'boot with lockdown=integrity or none' kvmlat 1 1
check "the stock events, whose times need another read: 3, and what to do"
umount /sys/kernel/security
only stock ends 3 'locked down' kvmexit-top -B -n 1
check "the same where securityfs is not mounted"
kill $guest
wait $guest
echo "1..$n"
