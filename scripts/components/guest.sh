# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# For Linux guests in the emulated host, shared with it by 9p: QEMU and its firmware, kexec, and their libraries

needs() { echo root; }

fill()
{
	local dir=$1 root=$1/root program file

	mkdir "$root" "$dir/lib" "$dir/firmware"
	from_suites ppc64el "${TARGET_SUITES[@]}" -- fetch_closure "$root" qemu-system-ppc kexec-tools
	mv "$root/versions" "$dir/versions"
	for program in bin/qemu-system-ppc64 sbin/kexec; do
		cp "$root/$program" "$dir"
		libraries "$root" "$program" | while read -r file; do
			cp "$root/$file" "$dir/lib"
		done
	done
	for file in vof slof; do
		find "$root/usr/share" -name "$file.bin" -exec cp -L {} "$dir/firmware" \; -quit
		[ -e "$dir/firmware/$file.bin" ] || die "qemu-system-ppc brought no $file.bin"
	done
	rm -rf "$root"
}
