#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# lab: machine=powernv9 kernel=64k smp=2 backend=ours guest=yes timeout=1200 rare=yes
# lab: machine=powernv9 kernel=64k smp=2 backend=ours mmu=hash guest=yes timeout=1200 rare=yes
# lab: machine=powernv10 kernel=64k smp=2 backend=ours guest=yes timeout=1200 rare=yes
# lab: machine=powernv8 kernel=64k smp=2 backend=ours guest=yes timeout=1200 rare=yes
# lab: machine=powernv9 kernel=64k smp=2 backend=stock guest=yes timeout=1200 rare=yes
#
# A Linux guest crashes, by sysrq-c on CPU 1 and by QEMU's inject-nmi while its CPUs send IPIs to each other. The
# kernel that takes over (kdump) reads the memory of the one that crashed. Another guest goes from kernel to kernel by
# kexec, and has both CPUs each time.

# shellcheck source=tests/lab/guests/guests-lib.sh
. "$(dirname "$0")/guests-lib.sh"

# What each kernel of the guest does is told by the last word of its command line that begins with "then=".
# shellcheck disable=SC2016
guest='
	kexec() { "$share/guest/lib/ld64.so.2" --library-path "$share/guest/lib" "$share/guest/kexec" "$@"; }
	next() {
		kexec "$1" "$share/linux-64k/vmlinux" "--initrd=$share/tmp/guest/$vm/initrd" \
			"--append=$(cat /proc/cmdline) $2" >/tmp/kexec 2>&1 || sed "s/^/bad: /" /tmp/kexec
	}
	share=/tmp/share
	mkdir -p "$share"
	mount -t 9p -o ro,trans=virtio,version=9p2000.L share "$share"
	vm=$(sed -n "s/.*vm=\([^ ]*\).*/\1/p" /proc/cmdline)
	case $(sed -n "s/.*then=\([^ ]*\).*/\1/p" /proc/cmdline) in
	crash)
		next -p "maxcpus=1 then=dump"
		guest-dump hold 256 &
		guest-ipis &
		while read -r order; do
			case $order in
			sysrq)	taskset -c 1 sh -c "echo c >/proc/sysrq-trigger" ;;
			esac
		done ;;
	dump)	guest-dump find ;;
	kexec1)	echo "kernel $(nproc)"; next -l then=kexec2; kexec -e ;;
	kexec2)	echo "kernel $(nproc)"; next -l then=kexec3; kexec -e ;;
	kexec3)	echo "kernel $(nproc)"; guest-memory 64 >/dev/null && echo worked ;;
	esac'

# boot NAME WORDS: starts a guest with two CPUs that has these words on its command line
boot()
{
	start "$1" "-c 2 -m 1G -s / -a vm=$1 -a crashkernel=256M ${2:+-a $2}" "$guest"
}

# crashes HOW STATUS TEXT: the guest, which stores pages and sends IPIs, crashes, and its second kernel reads its memory.
# linux-guest ends with STATUS: 125 if the first kernel has complained, and then with this TEXT.
crashes()
{
	boot "crash-$1" then=crash
	within 300 has_said holds 0 && within 60 has_said storms 0 || bail "the guest does not boot"
	[ "$(said bad)" = 0 ] || bail "the guest cannot load the kernel that takes over"
	case $1 in
	sysrq)	echo sysrq >&5 ;;
	nmi)	qmp inject-nmi >/dev/null ;;
	esac
	within 600 has_said 'dump of' 0 || bail "no dump"
	[ "$(grep '^dump of' "$tmp/$vm.said" | tr -d '\r')" = "dump of 2 CPUs, 256 pages" ] && ! grep -q '^bad' "$tmp/$vm.said" ||
		why "$(cat "$tmp/$vm.said")"
	check "$1: the dump has the registers of both CPUs and all pages"
	wait "$linux_guest"
	ended=$?
	[ $ended = "$2" ] && [ "$(grep -c "$3" "$tmp/$vm.stderr")" = $((ended > 0)) ] || why "status $ended" "$(cat "$tmp/$vm.stderr")"
	check "$1: the first kernel crashed for this reason"
}

echo 1..6
crashes sysrq 125 'Kernel panic - not syncing: sysrq triggered crash'
# The kernel leaves at once, without a word.
crashes nmi 0 ''
boot kexec then=kexec1
within 900 has_said worked 0 || bail "the third kernel does not work"
[ "$(said 'kernel 2')" = 3 ] && ! grep -q '^bad' "$tmp/$vm.said" || why "$(cat "$tmp/$vm.said")"
check "kexec: three kernels, each with two CPUs"
powers_off
