# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# kernel-64k, kernel-4k: the emulated host's 6.12 kernel by its page size: vmlinux, lib/modules, config,
# and headers, a tree that builds modules in the build root.
# kernel-sid: the newest kernel of Debian, 64k: vmlinux, lib/modules and config, for the tools.

needs() { :; }

# releases NAME FLAVOUR: the releases that there are packages NAME-RELEASE of, newest first.
releases() { with_apt apt-cache pkgnames "$1-" | sed -n -E "s/^$1-($2)\$/\1/p" | sort -V -r; }

# The newest release of the flavour whose packages can all be had.
fetch_kernel()
{
	local dir=$1 flavour=$2 release common tried=

	for release in $(releases linux-image "6\.12\.[^-]*-$flavour"); do
		common=${release%%-*}
		[ -z "$tried" ] || say "  Linux $tried is not whole at this mirror: taking $release"
		tried=$release
		find "$dir" -mindepth 1 -delete
		if fetch "$dir" "linux-image-$release" "linux-headers-$release" "linux-headers-$common-common" \
				"linux-kbuild-$common:amd64"; then
			echo "$release" >"$dir/release"
			return
		fi
	done
	return 1
}

# sid's image has been split since, and is in the modules' folder.
fetch_sid()
{
	local dir=$1 release tried=

	for release in $(releases linux-binary '[0-9].*-powerpc64le-64k' | head -n 5); do
		[ -z "$tried" ] || say "  Linux $tried is not whole at this mirror: taking $release"
		tried=$release
		find "$dir" -mindepth 1 -delete
		if fetch "$dir" linux-{base,binary,modules}-"$release"; then
			echo "$release" >"$dir/release"
			return
		fi
	done
	return 1
}

fill_sid()
{
	local dir=$1 release

	from_suites ppc64el sid -- fetch_sid "$dir"
	release=$(<"$dir/release")
	mkdir "$dir/lib"
	mv "$dir/usr/lib/modules" "$dir/lib/modules"
	mv "$dir/lib/modules/$release/vmlinuz" "$dir/vmlinux"
	mv "$dir/lib/modules/$release/config" "$dir/config"
	rm -rf "${dir:?}/usr"
}

fill()
{
	local dir=$1 flavour release common headers

	case $2 in
	64k)	flavour=powerpc64le-64k ;;
	4k)	flavour=powerpc64le ;;
	sid)	fill_sid "$dir"; return ;;
	*)	die "there is no kernel '$2': 64k, 4k or sid" ;;
	esac
	from_suites ppc64el "${TARGET_SUITES[@]}" -- fetch_kernel "$dir" "$flavour"
	release=$(<"$dir/release")
	common=linux-headers-${release%%-*}-common
	headers=linux-headers-$release

	# Debian 13 has modules in usr/lib, Debian 12 in lib.
	if [ -d "$dir/usr/lib/modules" ]; then
		mkdir -p "$dir/lib"
		mv "$dir/usr/lib/modules" "$dir/lib/modules"
	fi
	mv "$dir/boot/vmlinux-$release" "$dir/vmlinux"
	mv "$dir/boot/config-$release" "$dir/config"

	# The header tree includes its common part by its installed path. Make that relative.
	# (Its links to scripts and tools are relative already.)
	sed -i "s|/usr/src/$common/|\$(dir \$(lastword \$(MAKEFILE_LIST)))../$common/|" "$dir/usr/src/$headers/Makefile"
	ln -s "usr/src/$headers" "$dir/headers"
	rm -rf "${dir:?}/boot" "${dir:?}/usr/share"
}
