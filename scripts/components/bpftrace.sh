# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# bpftrace and its libraries, LLVM among them, for the benchmarks; shared with the emulated host by 9p

needs() { echo root; }

fill()
{
	local dir=$1 root=$1/root file

	mkdir "$root" "$dir/lib"
	from_suites ppc64el "${TARGET_SUITES[@]}" -- fetch_closure "$root" bpftrace
	mv "$root/versions" "$dir/versions"
	cp "$root/usr/bin/bpftrace" "$dir/bpftrace.elf"
	libraries "$root" usr/bin/bpftrace | while read -r file; do
		cp "$root/$file" "$dir/lib"
	done
	# Where it is mounted, with libraries of its own
	cat >"$dir/bpftrace" <<-'SCRIPT'
		#!/bin/sh
		exec /bpftrace/lib/ld64.so.2 --library-path /bpftrace/lib /bpftrace/bpftrace.elf "$@"
	SCRIPT
	chmod 755 "$dir/bpftrace"
	rm -rf "$root"
}
