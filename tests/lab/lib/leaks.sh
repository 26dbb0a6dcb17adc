# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=dash
# Functions for tests that repeat an operation many times and look for leaked pages

# used_pages: prints how many pages are in use, those of files not counted: the least of a few readings, since
# other parts of the kernel use pages for a short time
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

# growth TIMES <READINGS: prints how many pages each repetition costs. There are TIMES repetitions between two
# readings. The result is the median of the slopes between any two readings. A leak in each repetition is
# in all slopes. A pool that grows once, or a reading while something else uses pages, changes few
# slopes, however many pages it has.
growth()
{
	awk '{ y[NR] = $1; for (i = 1; i < NR; i++) print (y[NR] - y[i]) / (NR - i) }' | sort -n |
		awk -v times="$1" '{ slope[NR] = $1 } END { if (NR) printf "%.2f\n", (slope[int((NR + 1) / 2)] + slope[int(NR / 2) + 1]) / 2 / times }'
}
