# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=dash
# What tests written in shell that load modules share, on top of tap.sh's: source it.

tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
# shellcheck source=tests/lab/lib/tap.sh
. /lab/tap.sh

# refused COMMAND...: fails, and says why in $tmp/refused
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

# free_memory: what nobody uses, in KiB, once all that is on its way back is back;
# what each CPU keeps at hand counts as well
free_memory()
{
	sync
	echo 3 >/proc/sys/vm/drop_caches
	sleep 0.3
	awk '/^MemFree:/ { kib += $2 } $1 == "count:" { kib += size * $2 } END { print kib }' \
		size="$(page_size)" /proc/meminfo /proc/zoneinfo
}
