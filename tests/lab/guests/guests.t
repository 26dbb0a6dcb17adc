#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# lab: machine=powernv9  kernel=64k smp=2 backend=ours guest=yes timeout=1200 vcpus=4 firmware=vof  pages=64k mmu=radix
# lab: machine=powernv10 kernel=4k  smp=1 backend=ours guest=yes timeout=1200 vcpus=1 firmware=slof pages=4k mmu=radix
# lab: machine=powernv9  kernel=4k  smp=2 backend=ours guest=yes timeout=1200 vcpus=2 firmware=slof pages=64k mmu=radix plug=yes
# lab: machine=powernv10 kernel=64k smp=1 backend=ours guest=yes timeout=1200 vcpus=3 firmware=vof  pages=4k mmu=radix
# lab: machine=powernv9  kernel=64k smp=2 backend=ours guest=yes timeout=1200 vcpus=2 firmware=slof pages=64k mmu=hash plug=yes
# lab: machine=powernv8  kernel=64k smp=2 backend=ours guest=yes timeout=1200 vcpus=2 firmware=vof  pages=64k mmu=hash plug=yes
# lab: machine=powernv9  kernel=4k  smp=1 backend=ours guest=yes timeout=1200 vcpus=4 firmware=slof pages=4k mmu=radix  rare=yes
# lab: machine=powernv10 kernel=64k smp=2 backend=ours guest=yes timeout=1200 vcpus=2 firmware=slof pages=4k mmu=radix  rare=yes
# lab: machine=powernv9  kernel=64k smp=1 backend=ours guest=yes timeout=1200 vcpus=1 firmware=vof  pages=64k mmu=radix rare=yes
# lab: machine=powernv10 kernel=4k  smp=2 backend=ours guest=yes timeout=1200 vcpus=4 firmware=vof  pages=64k mmu=radix rare=yes
# lab: machine=powernv9  kernel=64k smp=2 backend=ours guest=yes timeout=1200 vcpus=1 firmware=slof pages=4k mmu=radix  rare=yes
# lab: machine=powernv10 kernel=4k  smp=1 backend=ours guest=yes timeout=1200 vcpus=2 firmware=vof  pages=64k mmu=radix rare=yes
# lab: machine=powernv9  kernel=4k  smp=2 backend=ours guest=yes timeout=1200 vcpus=3 firmware=slof pages=64k mmu=radix rare=yes
# lab: machine=powernv10 kernel=64k smp=2 backend=ours guest=yes timeout=1200 vcpus=2 firmware=vof  pages=64k mmu=radix vms=2 rare=yes
# lab: machine=powernv9  kernel=4k  smp=2 backend=ours guest=yes timeout=1200 vcpus=2 firmware=vof  pages=4k mmu=radix  vms=2 rare=yes plug=yes
# lab: machine=powernv10 kernel=4k  smp=1 backend=ours guest=yes timeout=1200 vcpus=2 firmware=vof  pages=4k mmu=hash rare=yes plug=yes
# lab: machine=powernv9  kernel=4k  smp=2 backend=ours guest=yes timeout=1200 vcpus=1 firmware=slof pages=4k mmu=hash rare=yes plug=yes
# lab: machine=powernv10 kernel=64k smp=1 backend=ours guest=yes timeout=1200 vcpus=3 firmware=vof  pages=64k mmu=hash rare=yes plug=yes
# lab: machine=powernv8  kernel=4k  smp=1 backend=ours guest=yes timeout=1200 vcpus=1 firmware=slof pages=4k mmu=hash rare=yes plug=yes
# lab: machine=powernv8  kernel=64k smp=1 backend=ours guest=yes timeout=1200 vcpus=4 firmware=slof pages=4k mmu=hash rare=yes
# lab: machine=powernv8  kernel=4k  smp=2 backend=ours guest=yes timeout=1200 vcpus=3 firmware=vof  pages=64k mmu=hash rare=yes plug=yes
#
# Unmodified QEMU boots an unmodified Linux, which runs a workload and powers off. Each line above is one
# boot. Each pair of values is in at least one line (scripts/guest-pairs). pages is the guest's page size, mmu
# its kind of MMU, vms the number of VMs that run at the same time. plug adds a CPU and memory while the guest
# runs. The guest's memory is always in two slots.

vcpus=1 firmware=vof pages=64k vms=1 plug='' mmu=radix
for word; do
	case $word in
	vcpus=*)	vcpus=${word#*=} ;;
	firmware=*)	firmware=${word#*=} ;;
	mmu=*)		mmu=${word#*=} ;;
	pages=*)	pages=${word#*=} ;;
	vms=*)		vms=${word#*=} ;;
	plug=*)		plug=hotplug ;;
	esac
done

tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
# shellcheck source=tests/lab/lib/tap.sh
. "$(dirname "$0")/tap.sh"
md5() { md5sum | cut -d' ' -f1; }

# start VM: runs a guest; its files are in /tmp/VM
start()
{
	dd if=/dev/urandom of="/tmp/$1/share/data" bs=64k count=16 2>/dev/null
	md5 <"/tmp/$1/share/data" >"/tmp/$1/share/data.sum"
	slots="-object memory-backend-ram,id=low,size=256M -object memory-backend-ram,id=high,size=256M"
	slots="$slots -numa node,memdev=low -numa node,memdev=high"
	linux-guest -n "$1" -w "$firmware" -k "$pages" -d 16M -N -B -s "/tmp/$1/share" -t 500 -q "$slots" \
		-a "$([ "$mmu" = radix ] || echo disable_radix)" -c "$vcpus${plug:+,maxcpus=$((vcpus + 1))}" -m "512M${plug:+,slots=1,maxmem=768M}" \
		"workload $vcpus 64 $mmu $plug" >"/tmp/$1/out" 2>"/tmp/$1/err"
	echo $? >"/tmp/$1/status"
}

asked() { grep -q "^please $2" "/tmp/$1/out"; }

# serve VM: does what the workload in the guest asks for
serve()
{
	for wish in inflate deflate ${plug:+plug}; do
		until asked "$1" "$wish"; do
			[ ! -e "/tmp/$1/status" ] || return
			sleep 0.2
		done
		case $wish in
		inflate)	linux-guest --monitor "$1" balloon 448 ;;
		deflate)	linux-guest --monitor "$1" balloon 512 ;;
		plug)
			linux-guest --monitor "$1" device_add "host-spapr-cpu-core,core-id=$vcpus"
			linux-guest --monitor "$1" object_add memory-backend-ram,id=plugged,size=256M
			linux-guest --monitor "$1" device_add pc-dimm,memdev=plugged,node=0
			;;
		esac
	done >"/tmp/$1/serve"
}

# judge VM: prints the checks of the guest and those of the host
judge()
{
	while IFS= read -r line; do
		case $line in
		'ok '*|'not ok '*)	[ "${line% *}" = ok ]; check "$1: ${line##* }" ;;
		'please '*)		;;
		*)			echo "# $1: $line" ;;
		esac
	done <"/tmp/$1/out"
	sed "s/^/# $1: /" "/tmp/$1/serve" "/tmp/$1/err"
	holds "lines" "$(grep -c 'workload-line [0-9]' "/tmp/guest/$1/console.log")" -eq 200
	check "$1: console, seen by the host"
	holds "the sum" "$(tr '[:upper:]' '[:lower:]' <"/tmp/$1/share/answer")" = "$(cat "/tmp/$1/share/data.sum")"
	check "$1: share, seen by the host"
	holds "the status" "$(cat "/tmp/$1/status")" -eq 0
	check "$1: status and kernel log"
}

parts=9
echo "1..$((vms * (parts + 3 + (${plug:+1} + 0))))"
for vm in $(seq "$vms"); do
	mkdir -p "/tmp/vm$vm/share"
	: >"/tmp/vm$vm/out"
	rm -f "/tmp/vm$vm/status"	# another run in the same boot may have left it
	start "vm$vm" &
	serve "vm$vm" &
done
wait
for vm in $(seq "$vms"); do
	judge "vm$vm"
done
