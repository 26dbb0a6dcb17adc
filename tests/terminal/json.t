#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Every kind of document that the tools print with --json is what docs/hvlens.schema.json describes, and jq reads it as
# it was meant. The numbers are those of the pictures.

here=$(cd "$(dirname "$0")" && pwd)
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
# shellcheck source=tests/lab/lib/tap.sh
. "$here/../lab/lib/tap.sh"
mkdir "$tmp/good" "$tmp/bad"

# document NAME COMMAND...: the output of COMMAND is the file good/NAME
document() { "${@:2}" >"$tmp/good/$1" 2>"$tmp/why" || bail "${*:2} failed"; }
# wrong NAME CHANGE WORD...: the file bad/NAME is one that jq has changed; why it is not valid has these words
wrong()
{
	jq -c "$2" "$tmp/good/$1" >"$tmp/bad/${#changes[@]}" 2>"$tmp/why" || bail "jq '$2' failed"
	reasons[${#changes[@]}]=${*:3}
	changes+=("$1, $2")
}
# validate FOLDER: notes in $tmp/found what is wrong with its files
validate()
{
	python3 "$here/validate.py" "$here/../../docs/hvlens.schema.json" "$tmp/$1"/* >"$tmp/found" 2>"$tmp/why" ||
		bail "the documents cannot be validated"
}
# reads NAME PROGRAM EXPECTED: what jq makes of good/NAME
reads()
{
	local got

	got=$(jq -r "$2" "$tmp/good/$1" 2>"$tmp/why")
	[ "$got" = "$3" ] || why "$got, wanted: $3"
	check "$1: jq '$2'"
}

changes=() reasons=()
for source in hvlens stock; do
	export HVLENS_SOURCE=$source
	for by in vm vcpu reason hcall cpu; do
		document "top-$source-$by" picture-kvmexit-top -j -d 1 -n 2 --by $by --sort exits
	done
	for by in none vm vcpu reason hcall cpu; do
		document "lat-$source-$by" picture-kvmlat -j --by $by 1 2
	done
done
unset HVLENS_SOURCE
document top-columns picture-kvmexit-top -j -d 1 -n 1 --columns exits,p99
document lat-hist picture-kvmlat -j --hist 1 1
document lat-over picture-kvmlat -j --over 1ms 1 1
document advise picture-kvmlat advise -j 1 2
document slow grep hvlens-kvmlat-slow "$tmp/good/lat-over"
validate good
for file in "$tmp"/good/*; do
	! grep "^${file##*/} " "$tmp/found" >"$tmp/why"
	check "valid: ${file##*/}"
done

for kind in top-hvlens-vm lat-hvlens-reason slow; do
	wrong $kind 'del(.boot_id)' boot_id
	wrong $kind '.schema = "hvlens-other/3"' hvlens-other
	wrong $kind '.surprise = 1' surprise
	wrong $kind '.time = 1767268801000000000' time string
done
for kind in top-hvlens-vm lat-hvlens-reason; do
	wrong $kind '.exits = 9007199254740992' exits maximum
	wrong $kind '.vcpus = 1.5' vcpus integer
	wrong $kind '.emulated = 0' emulated boolean
	wrong $kind 'del(.aborts.mmu)' aborts mmu
done
wrong top-hvlens-vm 'del(.rows[0].vm)' rows vm required
wrong top-hvlens-vm 'del(.rows[0].exits)' rows exits dependency
wrong top-hvlens-vm '.rows[0].guest_pct = "70.1"' guest_pct number
wrong top-hvlens-reason 'del(.rows[0].trap)' trap dependency
wrong lat-hvlens-reason 'del(.rows[0].phase)' phase required
wrong lat-hvlens-reason '.rows[0].phase = "idle"' idle
wrong lat-hvlens-reason 'del(.rows[0].buckets)' buckets required
wrong lat-hvlens-reason '.rows[0].buckets[0].from = "0x10"' from integer
wrong lat-hvlens-reason '.rows[0].trap = 2432' trap string
wrong slow '.record.msr = 1' msr string
wrong advise 'del(.findings[0].advice)' advice required
wrong advise '.findings[0].vm = null' vm integer
wrong slow 'del(.record.fault_dsisr)' fault_dsisr required
validate bad
for i in "${!changes[@]}"; do
	grep "^$i " "$tmp/found" >"$tmp/why" || why "it is valid"
	for word in ${reasons[i]}; do
		grep -q -- "$word" "$tmp/why" || why "not because of $word"
	done
	check "not valid: ${changes[i]}"
done

reads top-hvlens-vm '.rows | map(.vm) | sort | join(" ")' '4711 4802 4933 5120 5377
4711 4802 4933 5120 5377'
reads top-hvlens-vcpu '.exits == (.rows | map(.exits) | add)' 'true
true'
reads lat-hvlens-none '[.rows[] | (.buckets | map(.n) | add) == .count] | all' 'true
true'
reads advise '.findings[] | [.vm, .name, .rule, .evidence] | map(tostring) | join(", ")' \
	'4711, db-main, rtas, 900 RTAS calls per second
4711, db-main, rtas, 900 RTAS calls per second'
reads slow '.record | [.msr, .fault_ea, .prev_hcall, .nip] | map(tostring) | join(" ")' \
	'0x8000000002803033 0xffffffffffffffff 0x8000000000000001 0xc0000000000debc1
0x0 null 0x0 0x0'
echo "1..$n"
