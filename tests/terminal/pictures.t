#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# The README's pictures show what the tools print today.

here=$(cd "$(dirname "$0")" && pwd)
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
# shellcheck source=tests/lab/lib/tap.sh
. "$here/../lab/lib/tap.sh"

mkdir "$tmp/new"
"$here/pictures" "$tmp/new" 2>"$tmp/why"
check "the pictures can be drawn"
for name in kvmexit-top kvmlat-heat; do
	cmp -s "$here/../../docs/pictures/$name.svg" "$tmp/new/$name.svg" ||
		why "docs/pictures/$name.svg is not what the tool prints: run make pictures, look at it, commit it"
	check "$name"
done
echo "1..$n"
