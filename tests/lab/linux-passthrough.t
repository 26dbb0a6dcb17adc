#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# lab: machine=powernv9 kernel=64k smp=2 memory=3G backend=ours guest=yes device=e1000e,romfile=,netdev=user timeout=400
# lab: machine=powernv10 kernel=64k smp=2 memory=3G backend=ours guest=yes device=e1000e,romfile=,netdev=user timeout=400
# An unmodified Linux guest with a network card of the host's: interrupts and DMA. Then the
# same while the bypass, which leads the card's interrupts to the guest directly, goes off
# and on; not with XIVE, where kvm.ko forgets the number that Linux has for a source (see
# docs/architecture.md).

ok()
{
	status=$?
	number=$((number + 1))
	[ $status = 0 ] && echo "ok $number - $1" || echo "not ok $number - $1"
}

# What the guest does with the card.
cat >/tmp/use-card <<'GUEST'
insmod /root/e1000e.ko
until [ -e /sys/class/net/eth0 ]; do sleep 0.1; done
ip address add 10.0.2.15/24 dev eth0
ip link set eth0 up
until [ "$(cat /sys/class/net/eth0/carrier)" = 1 ]; do sleep 0.1; done
ping -c 1 -w 20 10.0.2.2
ping -c 40 -i 0.1 -s 1400 10.0.2.2 | tail -n 2
grep eth0 /proc/interrupts
GUEST

bind()
{
	modprobe -a vfio-pci vfio_iommu_spapr_tce
	for device in /sys/bus/pci/devices/*; do
		[ "$(cat "$device/device")" = 0x10d3 ] || continue
		echo >"$device/reset_method"	# by the bus takes firmware ten seconds
		echo vfio-pci >"$device/driver_override"
		card=${device##*/}
		echo "$card" >/sys/bus/pci/drivers_probe
	done
}

# guest MODE VCPUS [PRELOAD]: with XIVE or XICS
guest()
{
	LD_PRELOAD=${3:-} linux-guest -c "$2" -M "ic-mode=$1" -f "$(find /lib/modules -name e1000e.ko)" -f /tmp/use-card \
		-q "-device vfio-pci,host=$card" 'sh /root/use-card' >"/tmp/$1" 2>"/tmp/$1.err" &
	vm=$!
	host=0
	while kill -0 $vm 2>/dev/null; do
		sleep 0.5
		now=$(awk '/vfio-msi/ { for (i = 2; i <= NF && $i ~ /^[0-9]+$/; i++) n += $i } END { print n + 0 }' /proc/interrupts)
		[ "$now" -lt "$host" ] || host=$now
	done
	wait $vm
}

# check MODE HOW [PRELOAD]
check()
{
	mode=$1
	guest "$mode" 2 "${3:-}"
	ok "$mode, $2: the guest comes to its end"
	grep -q '40 packets received' "/tmp/$mode"
	ok "$mode, $2: no packet of 40 is lost"
	taken=$(awk '/eth0/ { for (i = 2; i <= NF && $i ~ /^[0-9]+$/; i++) n += $i } END { print n + 0 }' "/tmp/$mode")
	sed 's/^/# /' "/tmp/$mode" "/tmp/$mode.err"
}

echo 1..10
bind
for mode in xive xics; do
	check "$mode" "bypass on"
	[ "$taken" -ge 40 ] && [ "$host" -le 2 ]
	ok "$mode, bypass on: interrupts in the guest, none in the host ($taken, $host)"
done
check xics "bypass off and on" /usr/bin/preload-irqfds.so
[ "$host" -gt 2 ] && [ $((taken - host)) -gt 2 ]
ok "xics, bypass off and on: interrupts in the guest, part of them by the host ($taken, $host)"
times=$(sed -n 's/^irqfds: taken away and given back \([0-9]*\) times/\1/p' /tmp/guest/guest/qemu.log)
[ "${times:-0}" -ge 20 ]
ok "xics, bypass off and on: $times times"
