# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# Pieces of root file systems for the emulated host and its guests.

# archive DIR: what is in DIR, links followed, as a cpio archive on stdout.
archive()
{
	(cd "$1" && find -L . -mindepth 1 -print0 | LC_ALL=C sort -z |
		cpio --quiet --null --create --format=newc --dereference --owner=0:0 --reproducible)
}

# unpacked_modules DIR KERNEL MODULE...: these of CACHE/kernel-KERNEL, uncompressed, and an index for
# modprobe. Needs nothing but the build root's tools.
unpacked_modules()
{
	local dir=$1 kernel=$2 release name file modules from
	shift 2

	release=$(<"$CACHE/kernel-$kernel/release")
	modules=$dir/lib/modules/$release from=$CACHE/kernel-$kernel/lib/modules/$release

	mkdir -p "$modules/kernel"
	cp "$from"/modules.builtin* "$from"/modules.order "$modules"
	for name; do
		file=$(find "$from/kernel" -name "$name.ko.xz" -print -quit)
		[ -n "$file" ] || die "the $kernel kernel has no module $name"
		xz -dc "$file" >"$modules/kernel/$name.ko"
	done
	depmod -b "$dir" "$release"
}

# libraries ROOT FILE: the shared libraries, the dynamic linker among them, that FILE and
# they want: paths in ROOT.
libraries()
{
	local root=$1 todo=("$2") name path
	local -A seen=()

	while [ ${#todo[@]} -gt 0 ]; do
		for name in $(powerpc64le-linux-gnu-readelf -d "${todo[@]/#/$root/}" |
			      sed -n 's/.*(NEEDED).*\[\(.*\)\]/\1/p'); do
			[ -z "${seen[$name]:-}" ] || continue
			path=$(cd "$root" && find -L lib usr/lib lib64 -name "$name" -print -quit)
			[ -n "$path" ] || die "$2 wants $name, which no package brought"
			seen[$name]=$path
		done
		todo=()
		for name in "${!seen[@]}"; do
			[ "${seen[$name]}" != - ] || continue
			echo "${seen[$name]}"
			todo+=("${seen[$name]}")
			seen[$name]=-
		done
	done
}
