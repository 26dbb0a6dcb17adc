# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=dash
# Functions for shell tests that load modules; includes tap.sh

tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
# shellcheck source=tests/lab/lib/tap.sh
. /lab/tap.sh

# refused COMMAND...: true if COMMAND fails; its messages are in $tmp/refused
refused()
{
	if "$@" 2>"$tmp/refused"; then
		why "not refused: $*"
		return
	fi
	sed 's/^/# /' "$tmp/refused"
}

# of the kernel, in KiB
page_size() { awk '/^KernelPageSize:/ { print $2; exit }' /proc/self/smaps; }

# free_memory: prints how much memory is free, in KiB, after pending work has freed what it can; the lists of
# free pages that each CPU keeps count too
free_memory()
{
	sync
	echo 3 >/proc/sys/vm/drop_caches
	sleep 0.3
	awk '/^MemFree:/ { kib += $2 } $1 == "count:" { kib += size * $2 } END { print kib }' \
		size="$(page_size)" /proc/meminfo /proc/zoneinfo
}
