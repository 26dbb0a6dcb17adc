# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=dash
# For tests that do the same many times and look for a leak of pages.

# used_pages: in use, but not for files; the least of a few readings, since others come and go
used_pages()
{
	sync
	echo 3 >/proc/sys/vm/drop_caches
	for cache in /sys/kernel/slab/*/shrink; do
		echo 1 >"$cache"
	done
	for _ in 1 2 3 4 5 6; do
		sleep 0.2
		awk '
			$1 == "managed" { n += $2 }
			$1 == "count:" { n -= $2 }
			FILENAME ~ /vmstat/ && ($1 == "nr_free_pages" || $1 == "nr_file_pages") { n -= $2 }
			END { print n }' /proc/zoneinfo /proc/vmstat
	done | sort -n | head -n 1
}

# growth TIMES <READINGS: pages that each of so many TIMES between two readings costs: the median
# of the slopes between any two readings. What is lost each time is in all of them. A pool that
# grows once, or a reading while something else has pages, is in few, however many pages it is.
growth()
{
	awk '{ y[NR] = $1; for (i = 1; i < NR; i++) print (y[NR] - y[i]) / (NR - i) }' | sort -n |
		awk -v times="$1" '{ slope[NR] = $1 } END { if (NR) printf "%.2f\n", (slope[int((NR + 1) / 2)] + slope[int(NR / 2) + 1]) / 2 / times }'
}
