#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# map.t [README [ROOT]]: checks the two tables of tests/README.md.
#
#   | files | tests |			every source file has a row, and the tests in it exist
#   | exit reason | handled in | tests |	every reason of exit_reasons.def has a row; the function is defined in the
#					file that is named before it, and the tests exist
#
# In both, "tests" is a list of names, which a remark may follow after ";" or ":". "none: REASON" says why there is no
# test.

here=$(cd "$(dirname "$0")" && pwd)
map=$(realpath "${1:-$here/../README.md}")
cd "${2:-$here/../..}" || exit
shopt -s nullglob
n=0 status=0

# verdict WHAT [WRONG...]: a line of TAP
verdict()
{
	local what=$1 ok=ok wrong
	shift

	[ $# = 0 ] || ok='not ok' status=1
	echo "$ok $((++n)) - $what"
	for wrong; do
		echo "#   $wrong"
		echo "map.t: $wrong" >&2
	done
}

# exists TEST: a test of tests/lab, or FOLDER/TEST for a test of tests/FOLDER
exists()
{
	local found

	case $1 in
	*/*)	[ -e "tests/$1.t" ] || [ -e "tests/$1.c" ] ;;
	*)	found=(tests/lab/*/"$1".[ct])
		[ ${#found[@]} -gt 0 ] && grep -q -E '^(#| \*) lab: ' "${found[@]}" ;;
	esac
}

# rows FIRST HEADING: the rows of the table that begins with this heading
rows() { sed -n -E "/^\| $1 \|/,/^\$/ { /^\| ($1 \||---)/d; /^\|/p }" "$map"; }

# check_tests ROW TESTS: notes in unknown and bare what is wrong with this cell.
check_tests()
{
	local test tests

	case $2 in
	' none: '?*)	return ;;
	esac
	tests=${2%%[;:]*}
	[ -n "${tests// /}" ] || bare+=("no test and no reason for $1")
	for test in ${tests//,/ }; do
		exists "$test" || unknown+=("no test is $test, which is to cover $1")
	done
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
	check_tests "$files" "$tests"
done < <(rows files)
while read -r file; do
	[ -n "${covered[$file]:-}" ] || missing+=("$file is not in tests/README.md")
done < <(find module asm bpf tools include scripts -type f | sort)

[ ${#covered[@]} -gt 0 ] || missing+=("there is no table in $map")
verdict "every source file is in the map" "${missing[@]}"
verdict "every file of the map exists" "${stale[@]}"
verdict "every test of the map exists" "${unknown[@]}"
verdict "every row has tests, or says why not" "${bare[@]}"

declare -A reasons
stale=() unknown=() bare=() missing=()
while IFS='|' read -r _ names places tests _; do
	for name in ${names//,/ }; do
		[ -z "${reasons[$name]:-}" ] || stale+=("$name has two rows")
		reasons[$name]=yes
		grep -q "\"$name\"," include/hvlens/exit_reasons.def || stale+=("no exit reason is $name")
	done
	while read -r file function; do
		grep -s -q -E "^[a-z].*\<${function%()}\(" "$file" || stale+=("$file does not define $function")
	done <<<"${places//, /$'\n'}"
	check_tests "$names" "$tests"
done < <(rows 'exit reason')
while read -r name; do
	[ -n "${reasons[$name]:-}" ] || missing+=("the exit reason $name is not in tests/README.md")
done < <(sed -n 's/^HVLENS_EXIT([^"]*"\([^"]*\)".*/\1/p' include/hvlens/exit_reasons.def)
verdict "every exit reason is in the table" "${missing[@]}"
verdict "every reason and every function of the table exists" "${stale[@]}"
verdict "every test of the table of exits exists" "${unknown[@]}" "${bare[@]}"
echo "1..$n"
exit $status
