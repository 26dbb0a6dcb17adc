#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# registers.sh MACHINE ours|stock: compares what lab-capabilities and lab-registers print
# with what they printed under the stock backend, kept in registers.MACHINE. For ours the
# lines in registers.differences take the place of stock's.
#
# A new line or another stock kernel needs the file made anew:
#   scripts/lab -m MACHINE -s 2 -b stock -- 'lab-capabilities; lab-registers' >tests/lab/registers.MACHINE

machine=$1 backend=$2
lab=$(dirname "$0")
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT

if ! { lab-capabilities && lab-registers; } >"$tmp/answers"; then
	tail -n 1 "$tmp/answers"
	exit 1
fi
sort "$tmp/answers" >"$tmp/got"
sort "$lab/registers.$machine" >"$tmp/stock"
cp "$tmp/stock" "$tmp/want"
if [ "$backend" = ours ]; then
	sed -n 's/^-//p' "$lab/registers.differences" >"$tmp/minus"
	sed -n 's/^+//p' "$lab/registers.differences" >"$tmp/plus"
	{ grep -vxF -f "$tmp/minus" "$tmp/stock"; cat "$tmp/plus"; } | sort >"$tmp/want"
fi

n=0
sections=$(cut -d ' ' -f 1 "$tmp/stock" "$tmp/got" | sort -u)
for section in $sections; do
	n=$((n + 1))
	grep "^$section " "$tmp/want" >"$tmp/want.section"
	grep "^$section " "$tmp/got" >"$tmp/got.section"
	if diff -U 0 "$tmp/want.section" "$tmp/got.section" >"$tmp/diff"; then
		echo "ok $n - $machine, $backend: $section: $(grep -c . "$tmp/got.section") answers"
	else
		echo "not ok $n - $machine, $backend: $section"
		sed -n '/^---/d; /^+++/d; s/^-/#   want: /p; s/^+/#   got:  /p' "$tmp/diff"
	fi
done

if [ "$backend" = ours ]; then
	n=$((n + 1))
	if [ "$(grep -cxF -f "$tmp/minus" "$tmp/stock")" = "$(grep -c . "$tmp/minus")" ]; then
		echo "ok $n - $machine: the stock backend still answers differently where we say so"
	else
		echo "not ok $n - $machine: registers.differences names lines that stock does not have"
		grep -vxF -f "$tmp/stock" "$tmp/minus" | sed 's/^/#   /'
	fi
fi
echo "1..$n"
