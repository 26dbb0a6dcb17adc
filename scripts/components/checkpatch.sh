# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# The kernel's patch checker, for "make lint"

needs() { :; }

fill()
{
	local dir=$1

	from_suites amd64 "${ROOT_SUITES[@]}" -- fetch "$dir" linux-source-6.12
	tar -x -J -C "$dir" --strip-components=1 --wildcards -f "$(echo "$dir"/usr/src/linux-source-*.tar.xz)" \
		'*/scripts/checkpatch.pl' '*/scripts/spelling.txt' '*/scripts/const_structs.checkpatch'
	rm -rf "${dir:?}/usr"
}
