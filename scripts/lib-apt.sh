# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# Debian packages without touching the system's apt: a private apt configuration
# for each of two uses,
#
#   host    the system's own sources, plus the backports suite on Debian 12,
#           pinned so that only the packages named in BACKPORTS come from it
#   target  ppc64el, as a machine with nothing installed: only to resolve,
#           download and unpack
#
# The system's sources, lists, pins and dpkg architectures stay as they are, so
# the user's next "apt-get upgrade" sees none of this.

# Sets SUITE, KERNEL_SUITE (where the 6.12 kernel, QEMU 10 are) and MIRROR.
apt_facts()
{
	local id codename

	# shellcheck source=/dev/null
	id=$(. /etc/os-release && echo "${ID:-}")
	# shellcheck source=/dev/null
	codename=$(. /etc/os-release && echo "${VERSION_CODENAME:-}")
	# shellcheck disable=SC2034
	case $id:$codename:$(dpkg --print-architecture) in
	debian:bookworm:amd64)	SUITE=bookworm KERNEL_SUITE=bookworm-backports ;;
	debian:trixie:amd64)	SUITE=trixie KERNEL_SUITE=trixie ;;
	*)	die "set-up knows Debian 12 and 13 on amd64, this is $id $codename $(dpkg --print-architecture)" \
		    "run it in a Debian 13 container or virtual machine" ;;
	esac

	# works before the first "apt-get update" too
	MIRROR=$(apt-get update --print-uris 2>/dev/null |
		 sed -n "s|^'\(.*/debian\)/*/dists/.*InRelease'.*|\1|p" | sed -n 1p)
	[ -n "$MIRROR" ] || die "apt's sources name no Debian mirror with a main component" \
		"add one to /etc/apt/sources.list.d/debian.sources"
}

apt_source_line()
{
	printf 'deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] %s %s main\n' "$MIRROR" "$1"
}

# apt_new_config DIR: puts the common part of a private configuration there.
apt_new_config()
{
	local dir=$1

	mkdir -p "$dir/lists/partial" "$dir/archives/partial"
	cat >"$dir/apt.conf" <<-CONF
		Dir::State::Lists "$dir/lists";
		Dir::Cache::Archives "$dir/archives";
		Dir::Cache::pkgcache "";
		Dir::Cache::srcpkgcache "";
		Dir::Etc::SourceList "$dir/sources.list";
		Dir::Etc::Preferences "$dir/preferences";
		Acquire::Languages "none";
		Acquire::Retries "3";
		APT::Sandbox::User "root";
		Binary::apt-get::APT::Keep-Downloaded-Packages "false";
	CONF
	: >"$dir/preferences"
}

# apt_quietly COMMAND...: shows what it printed only when it fails.
apt_quietly()
{
	local log

	log=$(mktemp)
	if ! "$@" >"$log" 2>&1; then
		cat "$log" >&2
		rm -f "$log"
		return 1
	fi
	rm -f "$log"
}

# apt_target_config DIR SUITE...: ppc64el's packages of these suites; the newest wins.
apt_target_config()
{
	local dir=$1 suite
	shift

	apt_new_config "$dir"
	cat >>"$dir/apt.conf" <<-CONF
		Dir::Etc::SourceParts "$dir/none";
		Dir::Etc::PreferencesParts "$dir/none";
		Dir::State::status "$dir/status";
		APT::Architecture "ppc64el";
		APT::Architectures { "ppc64el"; "amd64"; };
		APT::Install-Recommends "false";
	CONF
	mkdir -p "$dir/none"
	: >"$dir/status"
	: >"$dir/sources.list"
	for suite in $(printf '%s\n' "$@" | uniq); do
		apt_source_line "$suite" >>"$dir/sources.list"
		# Backports would have less.
		printf 'Package: *\nPin: release n=%s\nPin-Priority: 500\n\n' "$suite" >>"$dir/preferences"
	done
	export TARGET_APT=$dir
	apt_quietly target_apt apt-get update ||
		die "cannot read the package lists of $MIRROR" "check the network and the mirror in /etc/apt, then run again"
}

target_apt() { APT_CONFIG=$TARGET_APT/apt.conf "$@"; }

# target_depends PACKAGE PATTERN: the dependency of PACKAGE that matches PATTERN.
target_depends()
{
	local found

	found=$(target_apt apt-cache show --no-all-versions "$1" 2>/dev/null |
		sed -n 's/^Depends: //p' | tr ',' '\n' | sed 's/^ *//; s/ .*//' |
		grep -E -m1 "$2") ||
		die "the package $1 names no $2" "see $TARGET_APT/sources.list"
	echo "$found"
}

# target_unpack DIR PACKAGE...: downloads exactly these and unpacks them in DIR.
target_unpack()
{
	local dir=$1 debs deb
	shift

	debs=$(mktemp -d "$CACHE/tmp.debs.XXXXXX")
	(cd "$debs" && apt_quietly target_apt apt-get download "$@") ||
		die "cannot download $*" "check the network, then run again: nothing half-made is kept"
	for deb in "$debs"/*.deb; do
		dpkg-deb --fsys-tarfile "$deb" | tar -x -C "$dir" --no-same-owner --keep-directory-symlink ||
			die "cannot unpack ${deb##*/}" "is the disk full?"
	done
	rm -rf "$debs"
}

# target_closure PACKAGE...: these and all they depend on.
target_closure()
{
	target_apt apt-get install --simulate --no-install-recommends "$@" 2>&1 >"$TARGET_APT/simulate" |
		sed 's/^/  /' >&2
	sed -n 's/^Inst \([^ ]*\) (\([^ ]*\) .*/\1=\2/p' "$TARGET_APT/simulate" | grep . ||
		{ cat "$TARGET_APT/simulate" >&2; die "cannot resolve $*" "see above"; }
}
