# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=dash
# What tests written in shell share: source it.

n=0

# check NAME: a line of TAP for the status before
check()
{
	if [ $? = 0 ]; then verdict=ok; else verdict='not ok'; fi
	n=$((n + 1))
	echo "$verdict $n - $1"
}

# refused COMMAND...: fails, and says why in /tmp/why
refused()
{
	if "$@" 2>/tmp/why; then
		return 1
	fi
	sed 's/^/# /' /tmp/why
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
