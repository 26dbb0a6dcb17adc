#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# lab: machine=powernv9 kernel=64k smp=2 memory=3G backend=ours guest=yes device=e1000e,romfile=,netdev=user timeout=400
# lab: machine=powernv10 kernel=64k smp=2 memory=3G backend=ours guest=yes device=e1000e,romfile=,netdev=user timeout=400
# lab: machine=powernv8 kernel=64k smp=2 memory=3G backend=ours guest=yes device=e1000e,romfile=,netdev=user timeout=400 rare=yes
# An unmodified Linux guest uses a network card of the host: interrupts and DMA. Then it does the same while the
# bypass, which sends the card's interrupts directly to the guest, is switched off and on. The second part
# does not run with a native XIVE, where kvm.ko forgets Linux's number of a source (see docs/architecture.md).

tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
# shellcheck source=tests/lab/lib/tap.sh
. "$(dirname "$0")/tap.sh"
# shellcheck source=tests/lab/guests/passthrough.sh
. "$(dirname "$0")/passthrough.sh"
cat >>/tmp/use-card <<'GUEST'
ping -c 40 -i 0.1 -s 1400 10.0.2.2 | tail -n 2
grep eth0 /proc/interrupts
GUEST

# pass_through MODE HOW [PRELOAD]
pass_through()
{
	before=$(calls vfio_msihandler)
	LD_PRELOAD=${3:-} card-guest "$1" >"$tmp/$1" 2>"$tmp/$1.err"
	check "$1, $2: the guest reaches its end"
	host=$(($(calls vfio_msihandler) - before))
	grep -q '40 packets received' "$tmp/$1"
	check "$1, $2: no packet of 40 is lost"
	taken=$(card_interrupts <"$tmp/$1")
	sed 's/^/# /' "$tmp/$1" "$tmp/$1.err"
}

count_calls vfio_msihandler
if grep -q POWER8 /proc/cpuinfo; then
	pass_through xics "bypass on"
	# interrupts that come while the vCPU is not in the guest
	[ "$taken" -ge 40 ] && [ "$host" -lt "$taken" ]
	check "xics, bypass on: interrupts in the guest, not all through the host ($taken, $host)"
else
	for mode in xive xics; do
		pass_through "$mode" "bypass on"
		[ "$taken" -ge 40 ] && [ "$host" -le 2 ]
		check "$mode, bypass on: interrupts in the guest, none in the host ($taken, $host)"
	done
fi
pass_through xics "bypass off and on" /usr/bin/preload-irqfds.so
if grep -q POWER8 /proc/cpuinfo; then
	# interrupts that come while there is no irqfd become one in the eventfd
	[ "$host" -gt 2 ] && [ "$taken" -gt 40 ]
else
	[ "$host" -gt 2 ] && [ $((taken - host)) -gt 2 ]
fi
check "xics, bypass off and on: interrupts in the guest, some of them through the host ($taken, $host)"
times=$(sed -n 's/^irqfds: taken away and given back \([0-9]*\) times/\1/p' /tmp/guest/guest/qemu.log)
[ "${times:-0}" -ge 20 ]
check "xics, bypass off and on: $times times"
echo "1..$n"
