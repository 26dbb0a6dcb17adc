# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=dash
# For tests of perf kvm stat: what perf recorded in $tmp/data, by its own names. Needs tap.sh's.
# shellcheck disable=SC2154

# "TRAP NAME": perf's names are the table's symbols, but for trap 0; what perf (6.12) has no
# name for it adds up as UNKNOWN.
sed -n 's/^HVLENS_EXIT(0x0*\([0-9a-f]*\),[[:space:]]*\([A-Z0-9_]*\),.*/0x\1 \2/p' "$(dirname "$0")/exit_reasons.def" |
	sed 's/^0x /0x0 /; s/ NONE$/ RETURN_TO_HOST/' >"$tmp/names"

# What perf calls H_CEDE, which on POWER8 leaves with trap 0 (hvlens:exit has the hypercall
# that it was), and a host's IPI: 0x500 there, 0xe80 on others.
if grep -q '^cpu.*POWER8' /proc/cpuinfo; then
	cede=RETURN_TO_HOST ipi=EXTERNAL
else
	cede=SYSCALL ipi=UNKNOWN
fi

# table <REPORT OF perf kvm stat: "NAME SAMPLES", summed up over tables; H_CEDE is a SYSCALL
table()
{
	awk -v cede=$cede '
		$2 ~ /^[0-9]+$/ && $3 ~ /%$/ { sum[$1 == cede ? "SYSCALL" : $1] += $2 }
		END { for (name in sum) print name, sum[name] }'
}

# report OPTION...: perf's table of what was recorded
report() { perf kvm -i "$tmp/data" stat report "$@" 2>&1 | tee "$tmp/report" | table; }

# returns: the exits with trap 0 in the last report
returns() { awk '$1 == "RETURN_TO_HOST" { n += $2 } END { print n + 0 }' "$tmp/report"; }

# by_perf VCPUS <"TRAP COUNT": as perf would have it, by the names in $tmp/perf, without the
# last exits of so many vCPUs
by_perf()
{
	awk -v last="$1" '
		FILENAME == ARGV[1] { name[$1] = $2; next }
		FILENAME == ARGV[2] { known[$1] = 1; next }
		{ sum[name[$1] in known ? name[$1] : "UNKNOWN"] += $2 - ($1 == "0xc00" ? last : 0) }
		END { for (i in sum) if (sum[i]) print i, sum[i] }' "$tmp/names" "$tmp/perf" - | sort
}

# The kernel drops what comes faster (samples a second, taken tick by tick) than it thinks is good.
echo 100000000 >/proc/sys/kernel/perf_event_max_sample_rate

# perf_complete: did perf get every event?
perf_complete()
{
	perf report -i "$tmp/data" --stats 2>&1 | grep -E 'LOST|THROTTLE' >"$tmp/why"
	[ ! -s "$tmp/why" ]
}
