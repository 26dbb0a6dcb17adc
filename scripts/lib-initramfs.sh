# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# The root file system of the emulated host: a base archive for each kernel, which is made once, and an
# archive with the files of one run. The kernel unpacks archives that follow each other.

. "$(dirname "${BASH_SOURCE[0]}")/lib-archive.sh"

# initramfs_base KERNEL: prints the path of the base archive.
initramfs_base()
{
	local kernel=$1 base=$BUILD/lab/base-$1.cpio dir release

	# shellcheck disable=SC2153
	if [ "$base" -nt "$ROOT/scripts/lab-init" ] && [ "$base" -nt "$ROOT/scripts/lib-initramfs.sh" ] &&
	   [ "$base" -nt "$CACHE/kernel-$kernel/versions" ]; then
		echo "$base"
		return
	fi
	release=$(cat "$CACHE/kernel-$kernel/release")
	mkdir -p "$BUILD/lab"
	dir=$(mktemp -d "$BUILD/lab/base.XXXXXX")
	mkdir -p "$dir"/{bin,etc/lab,modules/stock}
	ln -s "$CACHE/userland/bin/busybox" "$dir/bin/busybox"
	ln -s "$ROOT/scripts/lab-init" "$dir/init"
	unpacked_modules "$dir" "$kernel" kvm vfio vfio_iommu_spapr_tce vfio-pci-core vfio-pci e1000e \
		9p 9pnet 9pnet_virtio netfs zram lz4_compress lz4hc_compress
	xz -dc "$(find "$CACHE/kernel-$kernel/lib/modules/$release" -name kvm-hv.ko.xz)" >"$dir/modules/stock/kvm-hv.ko"
	archive "$dir" >"$dir.cpio"
	mv "$dir.cpio" "$base"
	rm -rf "$dir"
	echo "$base"
}

# link_files DIR FILE...: makes links in DIR to those of the files that exist
link_files()
{
	local dir=$1 file
	shift

	mkdir -p "$dir"
	for file; do
		if [ -f "$file" ]; then
			ln -sf "$file" "$dir"
		fi
	done
}

# terminals DIR NAME...: puts the terminfo entries of these terminals into DIR
terminals()
{
	local dir=$1 name file
	shift

	for name; do
		for file in {/etc,/lib,/usr/lib,/usr/share}/terminfo/"${name:0:1}/$name"; do
			link_files "$dir/lib/terminfo/${name:0:1}" "$file"
		done
	done
}

# initramfs_run DIR KERNEL[+VARIANT]: puts the files from build/ and tests/lab into DIR, the tree of this run
initramfs_run()
{
	link_files "$1/usr/bin" "$BUILD"/tools/ppc64le/* "$BUILD"/tests/ppc64le/*
	# The names of tests are unique over the folders, so /lab is flat.
	link_files "$1/lab" "$ROOT"/tests/lab/*/*.{t,sh,awk} "$ROOT/docs/parity.md" "$ROOT/include/hvlens/exit_reasons.def"
	link_files "$1/lab/formats" "$ROOT"/tests/lab/trace/formats/*
	link_files "$1/modules/tests" "$BUILD/tests/modules/${2%%+*}"/*.ko
	if [ -e "$BUILD/module/$2/kvm-hv.ko" ]; then
		# without debugging symbols, as "make install" installs it
		mkdir -p "$1/modules/ours"
		powerpc64le-linux-gnu-strip -g -o "$1/modules/ours/kvm-hv.ko" "$BUILD/module/$2/kvm-hv.ko"
	fi
	[ "${2#*+}" != coverage ] || link_files "$1/modules/ours" "$BUILD/tests/modules/${2%%+*}/coverage.ko"
	terminals "$1" linux vt100 "${TERM:-dumb}"
}

# initramfs_guest DIR: puts linux-guest and the programs of Linux guests into DIR; $CACHE/guest has QEMU
initramfs_guest()
{
	link_files "$1/usr/bin" "$ROOT/scripts/linux-guest"
	link_files "$1/usr/lib/linux-guest" "$ROOT/scripts/linux-guest-init" "$ROOT/scripts/lib-kernel-log.sh"
	link_files "$1/usr/lib/linux-guest/bin" "$ROOT"/tests/linux/{workload,demo} "$BUILD"/tests/ppc64le/guest-*
}
