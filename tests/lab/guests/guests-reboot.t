#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# lab: machine=powernv9 kernel=64k smp=2 backend=ours guest=yes timeout=1200 rare=yes
# lab: machine=powernv10 kernel=64k smp=2 backend=ours guest=yes timeout=1200 rare=yes
# lab: machine=powernv8 kernel=64k smp=2 backend=ours guest=yes timeout=1200 rare=yes
# lab: machine=powernv9 kernel=4k smp=2 backend=ours guest=yes timeout=1200 rare=yes
# lab: machine=powernv9 kernel=64k smp=2 backend=stock guest=yes timeout=1200 rare=yes
#
# A Linux guest reboots five times, by "reboot" and by QEMU's system_reset while both vCPUs work. On POWER9 and 10 it
# comes back with the other MMU, and with the other interrupt controller. kvmlat is attached all the time, and counts
# as many exits as the kernel has reported by the event kvm_guest_exit.

# shellcheck source=tests/lab/guests/guests-lib.sh
. "$(dirname "$0")/guests-lib.sh"

# The guest says what it runs with, and then does what the test asks for.
# shellcheck disable=SC2016
guest='
	mmu=$(sed -n "s/^MMU.*: *//p" /proc/cpuinfo | tr "[:upper:]" "[:lower:]")
	if grep -q XIVE /proc/interrupts; then irqs=xive; else irqs=xics; fi
	echo "boot $mmu $irqs $(nproc)"
	while read -r order; do
		case $order in
		work)	for i in 1 2; do while :; do guest-memory 32 >/dev/null || echo bad; done & done; echo "works" ;;
		reboot)	reboot -f ;;
		end)	exit 0 ;;
		esac
	done'

# append WORDS: what the kernel's command line has from the next reset on
append()
{
	qmp qom-set "\"path\":\"/machine\",\"property\":\"append\",\"value\":\"$line $1\"" | grep -q '"return"' ||
		bail "QEMU does not change the kernel's command line"
}

# comes_back HOW MMU IRQS: checks what the guest says after its boot
boots=0
comes_back()
{
	boots=$((boots + 1))
	within 300 has_said "boot" $((boots - 1)) || bail "the guest does not boot"
	[ "$(grep '^boot' "$tmp/$vm.said" | tail -n 1 | tr -d '\r')" = "boot $2 $3 2" ] || why "$(grep '^boot' "$tmp/$vm.said")"
	check "$1: $2, $3, two CPUs"
}

# again HOW MMU IRQS [WORDS]: makes the guest boot again, with these words on its kernel's command line
works=0
again()
{
	append "${4-}"
	echo work >&5
	works=$((works + 1))
	within 60 has_said "works" $((works - 1)) || bail "the guest does not work"
	case $1 in
	reboot)		echo reboot >&5 ;;
	system_reset)	qmp system_reset >/dev/null ;;
	esac
	comes_back "$1" "$2" "$3"
}

event=/sys/kernel/tracing/events/kvm_hv/kvm_guest_exit
exits() { sed -n 's/^ *Hits: //p' $event/hist; }

echo 1..9
kvmlat -j -b vm >"$tmp/kvmlat" 2>"$tmp/kvmlat.said" &
kvmlat=$!
within 60 grep -q . "$tmp/kvmlat.said" || bail "kvmlat does not attach"
echo 'hist:keys=common_pid' >$event/trigger || bail "the kernel does not count events"
start reboots "-c 2 -m 256M" "$guest" "-action reboot=reset"
within 120 status_is running || bail "the guest does not run"
line=$(qmp qom-get '"path":"/machine","property":"append"' | sed 's/.*"return": "\(.*\)".*/\1/')
if [ "$(uname -m)" = ppc64le ] && grep -q 'POWER8' /proc/cpuinfo; then
	comes_back start hash xics
	again reboot hash xics
	again system_reset hash xics
	again reboot hash xics
	again system_reset hash xics
	again reboot hash xics
else
	comes_back start radix xive
	again reboot hash xive disable_radix
	again system_reset hash xics "disable_radix xive=off"
	again reboot radix xics xive=off
	again system_reset radix xive
	again reboot radix xive
fi
qmp stop >/dev/null
counted=$(exits)
kill -INT $kvmlat
wait $kvmlat
echo '!hist:keys=common_pid' >$event/trigger
seen=$(member exits <"$tmp/kvmlat" | tail -n 1)
[ "${seen:-none}" = "$counted" ] || why "kvmlat: ${seen:-nothing}, the kernel: $counted" "$(head -c 600 "$tmp/kvmlat")"
check "kvmlat's count goes on over all of it: $seen exits"
! grep -q '^bad' "$tmp/$vm.said" && [ "$(said boot)" = 6 ]
check "the guest's memory is right in each of 6 boots"
qmp cont >/dev/null
echo end >&5
powers_off
