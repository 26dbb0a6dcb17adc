# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# linux-64k, linux-4k: what Linux guests boot, by the page size of its kernel, shared with the emulated
# host by 9p: vmlinux, stripped, and an initrd with busybox and modules

needs() { echo "root userland kernel-$1"; }

fill()
{
	local dir=$1 kernel=$2 tree=$1/tree
	# what the guest's virtual hardware needs that is not built into Debian's kernels
	local modules="9p 9pnet 9pnet_virtio netfs failover net_failover virtio_balloon virtio_blk virtio_net"

	powerpc64le-linux-gnu-strip -o "$dir/vmlinux" "$CACHE/kernel-$kernel/vmlinux"
	mkdir -p "$tree/bin"
	cp "$CACHE/userland/bin/busybox" "$tree/bin"
	# shellcheck disable=SC2086
	unpacked_modules "$tree" "$kernel" $modules
	archive "$tree" >"$dir/initrd"
	rm -rf "$tree"
	cat "$CACHE/kernel-$kernel/versions" "$CACHE/userland/versions" >"$dir/versions"
}
