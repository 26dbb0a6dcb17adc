#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# guests-migrate.sh MIB BACKEND [live|stopped BACKEND]...: boots a Linux guest under the first backend and moves it
# to the next and the next by QEMU's migration through a file. All the time guest-state keeps the guest busy
# and checks its memory, registers and time. MIB is how much memory guest-state uses. The backends are ours and
# stock.
#
#	live	while the guest runs, until the dirty log has been read several times
#	stopped	from a stopped guest. From the stock backend only this works: its dirty log misses
#		stores in the emulator, because QEMU sets no C bit for a store after a load from
#		the same page

# shellcheck source=tests/lab/guests/guests-lib.sh
. "$(dirname "$0")/guests-lib.sh"
vcpus=2
quiet='' busy='' registers='' vscr='' ebb='' back='' tb_ms='' rounds='' sleeps=''	# see ask

# --- the guest ---------------------------------------------------------------------------

# boot NAME [QEMU ARGUMENT]
boot()
{
	start "$1" "-c $vcpus -m 256M -f /usr/bin/guest-state" \
		"grep -qi 'MMU.*${mmu:-radix}' /proc/cpuinfo && /root/guest-state $mib" "${2-}"
}

runs() { within 120 status_is running || bail "the guest does not run"; }

# ask: asks guest-state for its results and sets shell variables with the names that guest-state uses
ask()
{
	answers=$(said check)
	asked=$(uptime_ms)
	echo check >&5
	within 120 has_said check "$answers" || bail "the guest does not answer"
	answered=$(uptime_ms)
	sed -n 's/^bad /# /p' "$tmp/$vm.said"
	# shellcheck disable=SC2046
	export $(grep '^check' "$tmp/$vm.said" | tail -n 1 | tr ' ' '\n' | grep '=')
	sed -i '/^bad /d' "$tmp/$vm.said"
}

# --- migration --------------------------------------------------------------------------

migration() { qmp query-migrate | grep -q "\"status\": \"$1\""; }
# Or is the migration over? A guest that gets no CPU time in between changes nothing, and QEMU need not read again.
dirty_log_read() { ! migration active || [ "$(qmp query-migrate | sed 's/.*"dirty-sync-count": \([0-9]*\).*/\1/')" -ge "$1" ]; }

# A live migration ends when the guest would stop for no longer than downtime-limit (ms).
save_live()
{
	qmp migrate-set-parameters '"downtime-limit":1' >/dev/null
	qmp migrate "\"uri\":\"file:$tmp/state\"" >/dev/null || bail "no migration"
	stopped_from=$(uptime_ms)
	within 120 dirty_log_read 4 || bail "the dirty log is not read"
	# The migration may have ended by now. If not, the guest was not stopped before this moment.
	now=$(uptime_ms)
	if migration active; then
		stopped_from=$now
	else
		migration completed || bail "the migration failed"
	fi
	qmp migrate-set-parameters '"downtime-limit":1000000' >/dev/null
}

save_stopped()
{
	stopped_from=$(uptime_ms)
	qmp stop >/dev/null
	qmp migrate "\"uri\":\"file:$tmp/state\"" >/dev/null || bail "no migration"
}

# migrate HOW TO STAGE
migrate()
{
	"save_$1"
	within 120 migration completed || bail "migration: $(qmp query-migrate)"
	qmp quit >/dev/null
	wait "$linux_guest"
	{ rmmod kvm-hv && insmod "/modules/$2/kvm-hv.ko"; } 2>"$tmp/$vm.insmod" || bail "cannot load $2"
	arrive "$3-$2" "$1"
	stopped_until=$(uptime_ms)
	rm "$tmp/state"
}

# arrive NAME HOW: the guest goes on in a new VM; after a stopped migration the VM has to be continued
arrive()
{
	boot "$1" "-incoming file:$tmp/state"
	if [ "$2" = stopped ]; then
		within 120 status_is paused || bail "the guest does not arrive"
		qmp cont >/dev/null
	fi
	runs
}

# --- what has to hold --------------------------------------------------------------------

# Milliseconds of 2^24 ticks at 512 MHz: the timebase offset has no bits below that
ROUNDING=33

# held NAME FROM TO: checks what the guest has found since it was asked last
held()
{
	tb_before=$tb_ms asked_before=$asked answered_before=$answered
	ask
	[ "$quiet" = 0 ] && [ "$busy" = 0 ] && [ "$rounds" -gt 0 ]
	check "$1: memory, $rounds rounds of writing"
	[ "$registers" = 0 ]
	check "$1: registers"
	case " $2 $3 " in
	*' stock '*)	[ "$vscr" = 0 ] || echo "# stock loses VSCR" ;;
	*)		[ "$vscr" = 0 ]; check "$1: VSCR" ;;
	esac
	# A guest gets event-based branches at its first use of them. QEMU (10.0) does not report that
	# use, so lost registers are no failure here. lab/core/vcpu-transfer.c tests them.
	[ "$ebb" = 0 ] || echo "# $ebb event-based branch registers lost"
	tb=$((tb_ms - tb_before))
	least=$((asked - answered_before - (stopped_until - stopped_from) - ROUNDING))
	most=$((answered - asked_before + ROUNDING))
	[ "$back" = 0 ] && [ "$sleeps" -gt 0 ] && [ $tb -ge $least ] && [ $tb -le $most ]
	check "$1: the timebase went $tb ms (expected $least to $most) and $back times back, $sleeps sleeps"
}

mib=$1 from=$2
shift 2
stage=1
{ rmmod kvm-hv && insmod "/modules/$from/kvm-hv.ko"; } || bail "cannot load $from"
boot 1-"$from"
runs
within 120 has_said ready 0 || bail "the guest did not boot"
ask
[ "$quiet$busy$registers$back" = 0000 ]
check "$from: a guest runs"
while [ $# -gt 0 ]; do
	stage=$((stage + 1))
	migrate "$1" "$2" $stage
	held "$from to $2, $1" "$from" "$2"
	from=$2
	shift 2
done
echo quit >&5
powers_off
echo "1..$n"
