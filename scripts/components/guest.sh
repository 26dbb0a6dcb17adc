# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# For Linux guests in the emulated host, shared with it by 9p: QEMU, its libraries and firmware

needs() { echo root; }

fill()
{
	local dir=$1 root=$1/root qemu=usr/bin/qemu-system-ppc64 file

	mkdir "$root" "$dir/lib" "$dir/firmware"
	from_suites ppc64el "${TARGET_SUITES[@]}" -- fetch_closure "$root" qemu-system-ppc
	mv "$root/versions" "$dir/versions"
	cp "$root/$qemu" "$dir"
	libraries "$root" "$qemu" | while read -r file; do
		cp "$root/$file" "$dir/lib"
	done
	for file in vof slof; do
		find "$root/usr/share" -name "$file.bin" -exec cp -L {} "$dir/firmware" \; -quit
		[ -e "$dir/firmware/$file.bin" ] || die "qemu-system-ppc brought no $file.bin"
	done
	rm -rf "$root"
}
