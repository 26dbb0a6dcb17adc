#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# What the tools print arrives, or their exit status and one line on stderr say that it did not. The numbers are
# those of the pictures.

here=$(cd "$(dirname "$0")" && pwd)
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
# shellcheck source=tests/lab/lib/tap.sh
. "$here/../lab/lib/tap.sh"

# fails TEXT: true if the status before is 1 and stderr is one line with that text
fails()
{
	local status=$?

	holds status $status -eq 1 && holds "lines on stderr" "$(wc -l <"$tmp/stderr")" -eq 1 || return
	grep -q "$1" "$tmp/stderr" || why "$(cat "$tmp/stderr")"
}

declare -A advise=([picture-kvmlat]='advise 1 1')
# kvmlat takes its interval and its number of reports as arguments, kvmexit-top as options.
report() { case $1 in *kvmlat) echo "-j 1 1" ;; *) echo "-j -d 1 -n 1" ;; esac; }

for tool in picture-kvmlat picture-kvmexit-top; do
	for arguments in --help --version --usage '-r help' "$(report $tool)" ${advise[$tool]:+"${advise[$tool]}"}; do
		# shellcheck disable=SC2086
		$tool $arguments >/dev/full 2>"$tmp/stderr"
		fails 'No space left on device'
		check "$tool $arguments, no space"
		# shellcheck disable=SC2086
		$tool $arguments >&- 2>"$tmp/stderr"
		fails 'standard output is closed'
		check "$tool $arguments, standard output is closed"
	done
	# shellcheck disable=SC2046
	$tool $(report $tool) <&- 2>"$tmp/why" >"$tmp/stdout" && grep -q '"schema"' "$tmp/stdout"
	check "$tool without standard input"
	# shellcheck disable=SC2046
	$tool $(report $tool) 2>&- >"$tmp/stdout" && grep -q '"schema"' "$tmp/stdout"
	check "$tool without error output"
done
echo "1..$n"
