# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# The build root: a Debian system with all that builds the project and runs the lab and the tests,
# unpacked from its packages. scripts/enter runs a command in it.
#
# The packages' maintainer scripts do not run: that would need root. What they would have
# done and somebody relies on is done here.

needs() { :; }

packages()
{
	cat <<-LIST
		# the system itself
		apt base-files base-passwd bash libc-bin ca-certificates coreutils dash debian-archive-keyring
		debianutils diffutils dpkg findutils grep gzip hostname less mawk mount ncurses-base ncurses-bin ncurses-term
		patch perl procps sed tar util-linux xz-utils
		# builds the module, the tools and the test programs; 6.12 of bookworm-backports wants its gcc-12
		bpftool clang cpio gcc gcc-powerpc64le-linux-gnu gcc-12-powerpc64le-linux-gnu kmod libbpf-dev libc6-dev
		libcmocka-dev libelf-dev libncurses-dev libzstd-dev llvm make pahole pkg-config zlib1g-dev
		# the lab
		device-tree-compiler qemu-system-ppc
		# tests and checks
		apt-utils jq python3-jsonschema shellcheck sparse tmux
	LIST
}

fill()
{
	local dir=$1 wanted

	mapfile -t wanted < <(packages | sed 's/#.*//' | tr -s '[:blank:]' '\n' | grep .)
	from_suites amd64 "${ROOT_SUITES[@]}" -- fetch_closure "$dir" "${wanted[@]}"

	cp "$dir/usr/share/base-passwd/passwd.master" "$dir/etc/passwd"
	cp "$dir/usr/share/base-passwd/group.master" "$dir/etc/group"
	echo 'hosts: files dns' >"$dir/etc/nsswitch.conf"
	cat "$dir"/usr/share/ca-certificates/mozilla/*.crt >"$dir/etc/ssl/certs/ca-certificates.crt"
	ln -sf mawk "$dir/usr/bin/awk"
	ln -sf gcc "$dir/usr/bin/cc"
	# what scripts/enter mounts files on
	rm -f "$dir/etc/resolv.conf" "$dir/etc/hosts"
	touch "$dir/etc/resolv.conf" "$dir/etc/hosts" "$dir/.hvlens-build-root"
	rm -rf "$dir/usr/share/doc" "$dir/usr/share/man" "$dir/usr/share/locale" "$dir/usr/share/info"
}
