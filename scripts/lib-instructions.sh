# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# Which instructions an emulated host executes.

LOG_SIZE=12	# MiB, enough for about 160,000 instructions

# log_instructions LOG SAID TMP OPTION... COMMAND: runs COMMAND in an emulated host (OPTIONs are those of scripts/lab).
# Once COMMAND has printed "log now", logs the address of each executed instruction to LOG until it has LOG_SIZE, and
# stops the host. SAID gets what COMMAND has printed. TMP is a folder for temporary files.
#
# With -i the host's clock counts instructions. Otherwise timer ticks would fill the log, since logging is slow.
log_instructions()
{
	local log=$1 said=$2 tmp=$3 lab
	shift 3

	mkfifo "$tmp/mon.in" "$tmp/mon.out"
	"$ROOT/scripts/lab" -i --stream -t 600 \
		-q "-D $log -chardev pipe,id=mon,path=$tmp/mon -mon chardev=mon" "$@" >"$said" 2>"$said.errors" &
	lab=$!
	cat "$tmp/mon.out" >/dev/null &
	exec 3>"$tmp/mon.in"
	until grep -qs 'log now' "$said" || ! kill -0 $lab 2>/dev/null; do
		sleep 0.1
	done
	printf 'stop\none-insn-per-tb on\nlog exec,nochain\ncont\n' >&3
	# until the lab's time-out ends it
	until [ "$(stat -c %s "$log" 2>/dev/null || echo 0)" -gt $((LOG_SIZE << 20)) ] || ! kill -0 $lab 2>/dev/null; do
		sleep 0.1
	done
	kill -0 $lab 2>/dev/null || { echo "the host ended before the log was full:"; cat "$said.errors"; } >&2
	printf 'quit\n' >&3
	# it was killed
	wait $lab || :
	exec 3>&-
	rm "$tmp/mon.in" "$tmp/mon.out"
}
