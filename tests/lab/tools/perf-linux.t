#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# lab: machine=powernv9 kernel=64k smp=2 backend=ours perf=yes guest=yes timeout=200
# lab: machine=powernv8 kernel=64k smp=2 backend=ours perf=yes guest=yes timeout=200 rare=yes
# perf kvm stat record and report count the same exits of a Linux guest as kvmlat. Both start before the guest's
# QEMU and end after it.

tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
# shellcheck source=tests/lab/lib/tap.sh
. "$(dirname "$0")/tap.sh"
# shellcheck source=tests/lab/tools/perf-lib.sh
. "$(dirname "$0")/perf-lib.sh"
vcpus=2

perf kvm stat record -o "$tmp/data" kvmlat -j -b reason -f handle -- kvmlat -j -b hcall -f handle -- \
	linux-guest -c $vcpus -a quiet 'guest-memory 16; seq 200' >"$tmp/out" 2>"$tmp/why"
check "perf kvm stat record runs kvmlat, which runs a Linux guest"
[ "$(grep -c '^[0-9]' "$tmp/out")" = 200 ]
check "the guest ran"
grep '^{' "$tmp/out" | head -n 1 >"$tmp/lat.hcall"
grep '^{' "$tmp/out" | tail -n 1 >"$tmp/lat"
perf_complete
check "perf lost no event"
[ "$(grep -c '"missed":0,"dropped":0' "$tmp/lat" "$tmp/lat.hcall" | grep -c ':1$')" = 2 ]
check "kvmlat missed none and dropped none"

# perf counts an exit when its vCPU enters again, so it misses the last exit of each vCPU, whatever its reason.
report --event=vmexit >"$tmp/perf"
by_trap count <"$tmp/lat" | by_perf 0 >"$tmp/kvmlat"
awk -v last=$vcpus '
	FILENAME == ARGV[1] { perf[$1] = $2; next }
	{ last -= $2 - perf[$1]; print $1, $2, "not", perf[$1] + 0; if ($2 < perf[$1]) bad = 1; delete perf[$1] }
	END { for (i in perf) { print i, 0, "not", perf[i]; bad = 1 }; exit bad || last }' "$tmp/perf" "$tmp/kvmlat" >"$tmp/why"
check "perf counts one exit per vCPU less than kvmlat"
for symbol in SYSCALL H_DATA_STORAGE HV_DECREMENTER $ipi; do
	grep -q "^$symbol " "$tmp/perf" || why "no $symbol"
done
[ ! -s "$tmp/why" ]
check "the reasons: $(cut -d ' ' -f 1 "$tmp/perf" | sort | paste -s -d ' ')"

# The backend answers H_CEDE before perf's events, so perf does not see this hypercall.
report --event=hcall | sort >"$tmp/perf"
sed 's/},{/}\n{/g; s/"rows":\[/\n/' "$tmp/lat.hcall" | sed -n 's/.*"hcall":"\([^"]*\)".*"count":\([0-9]*\).*/\1 \2/p' |
	awk 'FILENAME == ARGV[1] { known[$1] = 1; next }
	     $1 != "H_CEDE" { sum[$1 in known ? $1 : "UNKNOWN"] += $2 }
	     END { for (i in sum) print i, sum[i] }' "$tmp/perf" - | sort >"$tmp/kvmlat"
diff "$tmp/kvmlat" "$tmp/perf" >"$tmp/why" && [ "$(wc -l <"$tmp/perf")" -ge 5 ]
check "as many hypercalls of each number: $(cut -d ' ' -f 1 "$tmp/perf" | paste -s -d ' ')"
echo "1..$n"
