# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=dash
# Functions for tests that give a Linux guest a network card of the host ("device=e1000e,..."). $card is the card.
# The guest runs the script /tmp/use-card, which has the functions of tap.sh.

cat >/tmp/use-card <<'GUEST'
tmp=/tmp
. /root/tap.sh
carrier() { [ "$(cat /sys/class/net/eth0/carrier)" = 1 ]; }
insmod /root/e1000e.ko
within 60 [ -e /sys/class/net/eth0 ] || bail "the guest does not find its network card"
ip address add 10.0.2.15/24 dev eth0
ip link set eth0 up
within 60 carrier || bail "the guest's network card has no link"
ping -c 1 -w 20 10.0.2.2
GUEST

modprobe -a vfio-pci vfio_iommu_spapr_tce
for device in /sys/bus/pci/devices/*; do
	[ "$(cat "$device/device")" = 0x10d3 ] || continue
	echo >"$device/reset_method"	# a reset by the bus takes ten seconds in firmware
	echo vfio-pci >"$device/driver_override"
	card=${device##*/}
	echo "$card" >/sys/bus/pci/drivers_probe
done

# count_calls FUNCTION: counts from now on, see calls
count_calls()
{
	echo "p:calls/$1 $1" >>/sys/kernel/tracing/kprobe_events
	echo 1 >"/sys/kernel/tracing/events/calls/$1/enable"
}

# calls FUNCTION: prints how often the host's kernel has called it
calls() { awk -v name="$1" '$1 == name { print $2 }' /sys/kernel/tracing/kprobe_profile; }

# card-guest MODE LINUX-GUEST-OPTION...: runs /tmp/use-card in a guest with two vCPUs, the card, and an interrupt
# controller of kind MODE
cat >/usr/bin/card-guest <<COMMAND
#!/bin/sh
mode=\$1
shift
exec linux-guest -c 2 -M "ic-mode=\$mode" -f "$(find /lib/modules -name e1000e.ko)" -f /tmp/use-card -f $(dirname "$0")/tap.sh \\
	-q "-device vfio-pci,host=$card" "\$@" -- sh /root/use-card
COMMAND
chmod +x /usr/bin/card-guest

# card_interrupts <OUTPUT OF THE GUEST: prints the number of the card's interrupts in its /proc/interrupts
card_interrupts() { awk '/eth0/ { for (i = 2; i <= NF && $i ~ /^[0-9]+$/; i++) n += $i } END { print n + 0 }'; }
