#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# map.t [README [ROOT]]: the table in tests/README.md has every source file, and the tests that it names exist.
# A row: | file pattern, ... | test, ...; remark |, or "none: reason" for tests.

here=$(cd "$(dirname "$0")" && pwd)
map=$(realpath "${1:-$here/../README.md}")
cd "${2:-$here/../..}" || exit
shopt -s nullglob
n=0

# verdict WHAT [WRONG...]: a line of TAP
verdict()
{
	local what=$1 ok=ok wrong
	shift

	[ $# = 0 ] || ok='not ok'
	echo "$ok $((++n)) - $what"
	for wrong; do
		echo "#   $wrong"
		echo "map.t: $wrong" >&2
	done
}

# exists TEST: one of tests/lab, or FOLDER/TEST
exists()
{
	case $1 in
	*/*)	[ -e "tests/$1.t" ] || [ -e "tests/$1.c" ] ;;
	*)	[ -e "tests/lab/$1.t" ] ;;
	esac
}

declare -A covered
stale=() unknown=() bare=() missing=()
while IFS='|' read -r _ files tests _; do
	read -ra patterns <<<"${files//,/ }"
	for pattern in "${patterns[@]}"; do
		# shellcheck disable=SC2206
		found=($pattern)
		# A word without a special character is what it expands to, file or not.
		[ -e "${found[0]:-}" ] || stale+=("no file is $pattern")
		for file in "${found[@]}"; do
			covered[$file]=yes
		done
	done
	case $tests in
	' none: '?*)	continue ;;
	esac
	tests=${tests%%;*}
	[ -n "${tests// /}" ] || bare+=("no test and no reason for $files")
	for test in ${tests//,/ }; do
		exists "$test" || unknown+=("no test is $test, which is to cover $files")
	done
done < <(set -f; sed -n -E '/^\| files \| tests/,$ { /^\| (files|---) /d; /^\|/p }' "$map")
while read -r file; do
	[ -n "${covered[$file]:-}" ] || missing+=("$file is not in tests/README.md")
done < <(find module asm bpf tools include scripts -type f | sort)

[ ${#covered[@]} -gt 0 ] || missing+=("there is no table in $map")
verdict "every source file is in the map" "${missing[@]}"
verdict "every file of the map exists" "${stale[@]}"
verdict "every test of the map exists" "${unknown[@]}"
verdict "every row has tests, or says why not" "${bare[@]}"
echo "1..$n"
[ ${#missing[@]}${#stale[@]}${#unknown[@]}${#bare[@]} = 0000 ]
