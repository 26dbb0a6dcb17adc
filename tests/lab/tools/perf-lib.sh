# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=dash
# Functions for tests of perf kvm stat: perf's recording is $tmp/data. Needs the functions of tap.sh.
# shellcheck disable=SC2154

# "TRAP NAME": perf's names are the symbols of exit_reasons.def, except for trap 0. perf (6.12) counts
# traps that it has no name for as UNKNOWN.
sed -n 's/^HVLENS_EXIT(0x0*\([0-9a-f]*\),[[:space:]]*\([A-Z0-9_]*\),.*/0x\1 \2/p' "$(dirname "$0")/exit_reasons.def" |
	sed 's/^0x /0x0 /; s/ NONE$/ RETURN_TO_HOST/' >"$tmp/names"

# perf's names of H_CEDE and of a host's IPI. On POWER8 an H_CEDE leaves with trap 0 (hvlens:exit records it as
# the hypercall), and an IPI is 0x500. On other processors an IPI is 0xe80.
if grep -q '^cpu.*POWER8' /proc/cpuinfo; then
	cede=RETURN_TO_HOST ipi=EXTERNAL
else
	cede=SYSCALL ipi=UNKNOWN
fi

# table <REPORT OF perf kvm stat: prints "NAME SAMPLES", the sums over all tables; H_CEDE is a SYSCALL
table()
{
	awk -v cede=$cede '
		$2 ~ /^[0-9]+$/ && $3 ~ /%$/ { sum[$1 == cede ? "SYSCALL" : $1] += $2 }
		END { for (name in sum) print name, sum[name] }'
}

# report OPTION...: prints perf's table of the recording
report() { perf kvm -i "$tmp/data" stat report "$@" 2>&1 | tee "$tmp/report" | table; }

# returns: prints the number of exits with trap 0 in the last report
returns() { awk '$1 == "RETURN_TO_HOST" { n += $2 } END { print n + 0 }' "$tmp/report"; }

# by_perf VCPUS <"TRAP COUNT": prints the counts as perf reports them: by the names in $tmp/perf, and without the
# last exit of each of VCPUS vCPUs
by_perf()
{
	awk -v last="$1" '
		FILENAME == ARGV[1] { name[$1] = $2; next }
		FILENAME == ARGV[2] { known[$1] = 1; next }
		{ sum[name[$1] in known ? name[$1] : "UNKNOWN"] += $2 - ($1 == "0xc00" ? last : 0) }
		END { for (i in sum) if (sum[i]) print i, sum[i] }' "$tmp/names" "$tmp/perf" - | sort
}

# The kernel drops samples above this number per second, which it checks in each tick.
echo 100000000 >/proc/sys/kernel/perf_event_max_sample_rate

# perf_complete: did perf get every event?
perf_complete()
{
	perf report -i "$tmp/data" --stats 2>&1 | grep -E 'LOST|THROTTLE' >"$tmp/why"
	[ ! -s "$tmp/why" ]
}
