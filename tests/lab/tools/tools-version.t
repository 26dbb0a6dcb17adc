#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# lab: machine=powernv9 kernel=64k smp=2 backend=ours+next-version
#
# On a backend whose records have a version that the tools do not know, the tools say so and show no numbers.

tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
# shellcheck source=tests/lab/lib/tap.sh
. "$(dirname "$0")/tap.sh"

# ended: true if the tool ended with status 1 and said what to do
ended()
{
	cp "$tmp/err" "$tmp/why"
	holds status "$1" -eq 1 && grep -q 'records are of another version' "$tmp/err" &&
		grep -q 'install the tools and the module of the same hvlens' "$tmp/err"
}

vmm-demo 3600 >/dev/null & guest=$!
for source in tp_btf raw_tp tp; do
	HVLENS_SOURCE=hvlens/$source kvmlat --json 0.5 2 >"$tmp/out" 2>"$tmp/err"
	ended $?
	check "$source: kvmlat ends with status 1, and says what to do"
	holds "records not understood" "$(member unknown_version <"$tmp/out" | sum)" -gt 0 &&
		holds "exits" "$(member exits <"$tmp/out" | sum)" -eq 0 &&
		! grep '"count":' "$tmp/out" >"$tmp/why"
	check "$source: kvmlat counts these records, and no exit"
done
kvmexit-top -B -d 0.5 -n 2 >"$tmp/out" 2>"$tmp/err"
ended $?
check "kvmexit-top: the same"
cp "$tmp/out" "$tmp/why"
grep -q 'NOT UNDERSTOOD (record version) [0-9]' "$tmp/out" && ! grep -q hdec "$tmp/out"
check "the text has the number of these records, and no row"
# This backend has the stock events too, and with them the tools show as much as on the stock backend.
HVLENS_SOURCE=stock kvmlat --json --by=reason 0.5 2 >"$tmp/out" 2>"$tmp/why" &&
	holds "exits" "$(member exits <"$tmp/out" | sum)" -gt 0
check "HVLENS_SOURCE=stock shows exits"
kill $guest
wait $guest
echo "1..$n"
