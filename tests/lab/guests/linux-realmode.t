#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# lab: machine=powernv8 kernel=64k smp=2 memory=3G backend=ours guest=yes device=e1000e,romfile=,netdev=user timeout=300 rare=yes
# A Linux guest on a POWER8 host uses a network card of the host. The card's interrupts are for one vCPU, which
# does nothing else. They arrive at the CPU where the other vCPU is busy. When the first vCPU sleeps, each
# causes an exit with trap 0x5555 (HV_RM_HARD), and the host wakes that vCPU (kvmppc_xics_rm_complete()).
# Both tools show the exit and the completion by name.

tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
# shellcheck source=tests/lab/lib/tap.sh
. "$(dirname "$0")/tap.sh"
# shellcheck source=tests/lab/guests/passthrough.sh
. "$(dirname "$0")/passthrough.sh"

cat >>/tmp/use-card <<'GUEST'
for line in $(grep eth0 /proc/interrupts | cut -d : -f 1); do
	echo 1 >"/proc/irq/$line/smp_affinity"
done
taskset 2 sh -c 'while :; do :; done' &
taskset 2 ping -c 60 -i 0.1 -s 1400 10.0.2.2 | tail -n 2
grep eth0 /proc/interrupts
GUEST

# threads: prints the vCPU threads of the guest's QEMU
threads()
{
	linux-guest --qmp guest '{"execute":"query-cpus-fast"}' 2>/dev/null |
		grep -o '"thread-id": *[0-9]*' | grep -o '[0-9]*$' >"$tmp/threads"
}

# Each vCPU gets a CPU, and all interrupts of the card go to the CPU of the busy vCPU. Those that the host
# handles itself move to the other CPU afterwards.
arrange()
{
	within 120 threads || return
	cpu=0
	while read -r thread; do
		taskset -p "$((1 << cpu))" "$thread" >"$tmp/taskset"
		cpu=$((cpu + 1))
	done <"$tmp/threads"
	while :; do
		lines=$(sed -n 's/^ *\([0-9]*\):.*vfio-msi.*/\1/p' /proc/interrupts)
		# the guest's driver allocates and frees interrupts several times when it starts
		for _ in 1 2 3 4 5 6 7 8 9 10; do
			for line in $lines; do
				echo 2 >"/proc/irq/$line/smp_affinity"
			done
			sleep 0.01
		done
	done 2>/dev/null
}

count_calls kvmppc_xics_rm_complete
echo 0 >/sys/module/kvm_hv/parameters/h_ipi_redirect
kvmexit-top --json --by=reason -d 1 >"$tmp/top" & top=$!
attached "$tmp/top"
arrange & arranger=$!
kvmlat --by=reason -f guest -- card-guest xics >"$tmp/lat" 2>"$tmp/why"
check "a Linux guest with a card of the host's"
kill $arranger
kill -INT $top
wait $top
check "kvmexit-top watches it"
grep -q '60 packets received' "$tmp/lat" || why "$(cat "$tmp/lat")"
check "no packet of 60 is lost"

calls=$(calls kvmppc_xics_rm_complete)
hard=$(by_trap exits <"$tmp/top" | awk '$1 == "0x5555" { print $2 }')
sed 's/^/# /' "$tmp/lat"
grep -q '^rm_hard ' "$tmp/lat"
check "kvmlat has a row rm_hard"
grep -q "^rm_complete: calls $calls  kick" "$tmp/lat"
check "kvmlat reports the completions, $calls"
grep -q '"reason":"rm_hard"' "$tmp/top" && holds exits "${hard:-0}" -gt 0
check "kvmexit-top has rows rm_hard, ${hard:-0} exits"
holds calls "$(sed 's/,"rows":.*//' "$tmp/top" | member calls | sum)" -eq "$calls" &&
	holds kicks "$(sed 's/,"rows":.*//' "$tmp/top" | member kick | sum)" -ge "${hard:-0}"
check "kvmexit-top counts as many calls, a kick for each of the exits"
echo "1..$n"
