# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# perf and its libraries, for the emulated host: perf.cpio.gz, which goes behind its initramfs

needs() { echo root; }

fill()
{
	local dir=$1 root=$1/root perf library

	mkdir "$root" "$dir/tree"
	from_suites ppc64el "${TARGET_SUITES[@]}" -- fetch_closure "$root" linux-perf
	mv "$root/versions" "$dir/versions"
	perf=$(cd "$root" && find usr/bin -name 'perf*' -type f -exec sh -c 'head -c4 "$1" | grep -q ELF' _ {} \; -print -quit)
	[ -n "$perf" ] || die "linux-perf has no perf in usr/bin"
	mkdir -p "$dir/tree/usr/bin" "$dir/tree/lib" "$dir/tree/lib64"
	cp "$root/$perf" "$dir/tree/usr/bin/perf"
	libraries "$root" "$perf" | while read -r library; do
		cp "$root/$library" "$dir/tree/lib"
	done
	mv "$dir"/tree/lib/ld64.so* "$dir/tree/lib64"
	# compressed, since QEMU's powernv machines take an initramfs of 128 MiB at most
	archive "$dir/tree" | gzip -9 >"$dir/perf.cpio.gz"
	rm -rf "$root" "$dir/tree"
}
