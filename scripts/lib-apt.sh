# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# Debian packages without touching the system's apt: private configurations, with no package
# installed, only to resolve, download and unpack. Nothing of the system's sources, lists,
# pins and dpkg architectures is read but the address of its mirror and its proxies.
#
# Mirrors are survived in any state, by the rule that what belongs together comes from one
# state of one archive: a component's packages are resolved and downloaded from one set of
# suites before the first is unpacked. If one cannot be had, the next older version of the whole is
# tried where there is one (kernels), then the next set of suites.

# What the build root is, and what the emulated host and its guests are: the sets of suites, the
# one to try first in front. With the target's first set the tests have run for longest.
# shellcheck disable=SC2034
ROOT_SUITES=("trixie" "bookworm bookworm-backports")
# shellcheck disable=SC2034
TARGET_SUITES=("bookworm bookworm-backports" "trixie")

# machine_mirror: HVLENS_MIRROR, or the mirror in the machine's apt sources, or Debian's own. Works before
# the first "apt-get update" too.
machine_mirror()
{
	local mirror=${HVLENS_MIRROR:-}

	[ -n "$mirror" ] || mirror=$(apt-get update --print-uris 2>/dev/null |
		sed -n "s|^'\(.*/debian\)/*/dists/.*InRelease'.*|\1|p" | sed -n 1p)
	echo "${mirror:-http://deb.debian.org/debian}"
}

# apt_host_facts: on the machine itself. Finds its mirror and its proxies, and leaves them in the cache for what runs in the build root.
apt_host_facts()
{
	local program keyring

	for program in apt-get dpkg-deb; do
		command -v $program >/dev/null ||
			die "set-up fetches Debian's packages and needs $program" "install the packages apt and dpkg"
	done
	for keyring in /usr/share/keyrings/debian-archive-keyring.{pgp,gpg} ''; do
		[ ! -e "$keyring" ] || break
	done
	[ -n "$keyring" ] || die "Debian's archive keys are not there" "install the package debian-archive-keyring"
	printf 'MIRROR=%q KEYRING=%q\n' "$(machine_mirror)" "$keyring" >"$CACHE/mirror"
	apt-config dump 2>/dev/null | grep -i '^Acquire::[a-z:.]*proxy' >"$CACHE/proxy.conf" || :
	apt_known_facts
}

# apt_known_facts: MIRROR as it was found, and TRUST, the option of its sources that says whose signature counts
apt_known_facts()
{
	# shellcheck source=/dev/null
	. "$CACHE/mirror"
	! in_build_root || KEYRING=/usr/share/keyrings/debian-archive-keyring.gpg
	TRUST=signed-by=$KEYRING
}

# apt_quietly COMMAND...: its output is shown only when it fails.
apt_quietly()
{
	local log

	log=$(mktemp)
	if ! "$@" >"$log" 2>&1; then
		grep '^E: ' "$log" | head -n 3 >&2 || cat "$log" >&2
		rm -f "$log"
		return 1
	fi
	rm -f "$log"
}

# apt_use ARCHITECTURE SUITE...: from now on with_apt means these. Reads their package lists once per
# set-up (SETUP is its name), so that all components of a set-up see one state of them.
apt_use()
{
	local arch=$1 dir=$CACHE/apt/$1 suite
	shift

	dir=$dir-${*// /-}
	APT_DIR=${dir// /-}
	[ ! -e "$APT_DIR/read" ] || [ "$(<"$APT_DIR/read")" != "$SETUP" ] || return 0
	rm -rf "$APT_DIR"
	mkdir -p "$APT_DIR/lists/partial" "$APT_DIR/archives/partial" "$APT_DIR/none"
	: >"$APT_DIR/status"
	cat - "$CACHE/proxy.conf" >"$APT_DIR/apt.conf" <<-CONF
		Dir::Etc::Main "/dev/null";
		Dir::Etc::Parts "$APT_DIR/none";
		Dir::Etc::SourceList "$APT_DIR/sources.list";
		Dir::Etc::SourceParts "$APT_DIR/none";
		Dir::Etc::Preferences "$APT_DIR/preferences";
		Dir::Etc::PreferencesParts "$APT_DIR/none";
		Dir::State "$APT_DIR";
		Dir::State::Lists "$APT_DIR/lists";
		Dir::State::Status "$APT_DIR/status";
		Dir::Cache "$APT_DIR";
		Dir::Cache::Archives "$APT_DIR/archives";
		Acquire::Languages "none";
		Acquire::Retries "3";
		APT::Sandbox::User "root";
		APT::Architecture "$arch";
		APT::Architectures { "$arch"; "amd64"; };
		APT::Install-Recommends "false";
	CONF
	# shellcheck disable=SC2153
	for suite; do
		printf 'deb [%s] %s %s main\n' "$TRUST" "$MIRROR" "$suite" >>"$APT_DIR/sources.list"
		# Of several suites the newest version counts. Backports alone would have less.
		printf 'Package: *\nPin: release n=%s\nPin-Priority: 500\n\n' "$suite" >>"$APT_DIR/preferences"
	done
	say "reading the package lists of $* at $MIRROR"
	apt_quietly with_apt apt-get update || { rm -rf "$APT_DIR"; return 1; }
	echo "$SETUP" >"$APT_DIR/read"
}

with_apt() { APT_CONFIG=$APT_DIR/apt.conf "$@"; }

# apt_state: the suites in use, with the day of the archive's state
apt_state()
{
	local file

	for file in "$APT_DIR"/lists/*Release; do
		sed -n -e 's/^Codename: /suite /p' -e 's/^Date: /  of /p' "$file" | paste -s -d ' '
	done
}

# unpack DIR DEB...: no link in DIR leads out of it then.
unpack()
{
	local dir=$1 deb
	shift

	for deb; do
		dpkg-deb --fsys-tarfile "$deb" | tar -x -C "$dir" --no-same-owner --keep-directory-symlink ||
			{ say "cannot unpack ${deb##*/}: is the disk full?"; return 1; }
	done
	relative_links "$dir"
}

# relative_links DIR: an absolute link in it is one that counts from DIR.
relative_links()
{
	local link

	find "$1" -type l -lname '/*' -print0 | while IFS= read -r -d '' link; do
		ln -sfnr "$1$(readlink "$link")" "$link"
	done
}

# fetch DIR PACKAGE[=VERSION][:ARCHITECTURE]...: downloads exactly these, unpacks them in DIR and
# adds them to DIR/versions. The lines of --print-uris are 'URI' NAME_VERSION_ARCH.deb SIZE HASH.
fetch()
{
	local dir=$1 uris
	shift

	mkdir "$dir/debs"
	uris=$(with_apt apt-get download --print-uris "$@") || return
	say "$(awk '{ n++; size += $3 } END { printf "fetching %d Debian packages, %.0f MB", n, size / 1e6 }' <<<"$uris")"
	(cd "$dir/debs" && apt_quietly with_apt apt-get download "$@") || { rm -rf "$dir/debs"; return 1; }
	unpack "$dir" "$dir"/debs/*.deb || return
	rm -rf "$dir/debs"
	[ -e "$dir/versions" ] || apt_state >"$dir/versions"
	awk '{ print $2 }' <<<"$uris" | sed 's/%3a/:/; s/\.deb$//; s/_/=/; s/_/:/' | sort >>"$dir/versions"
}

# fetch_closure DIR PACKAGE...: these and all that they depend on. One folder each for bin, lib,
# lib64 and sbin, as on an installed system, whichever of the two a package uses.
fetch_closure()
{
	local dir=$1 name packages
	shift

	packages=$(with_apt apt-get install -y --simulate "$@" 2>"$APT_DIR/errors" |
		sed -n 's/^Inst \([^ ]*\) (\([^ ]*\) .*/\1=\2/p') || packages=
	if [ -z "$packages" ]; then
		head -n 5 "$APT_DIR/errors" >&2
		return 1
	fi
	for name in bin lib lib64 sbin; do
		mkdir -p "$dir/usr/$name"
		ln -s "usr/$name" "$dir/$name"
	done
	# shellcheck disable=SC2086
	fetch "$dir" $packages
}

# from_suites ARCHITECTURE "SUITE..."... -- COMMAND DIR [ARGUMENT...]: COMMAND, which fills DIR, with the
# first of these sets of suites that has all it wants.
from_suites()
{
	local arch=$1 sets=() set dir
	shift

	while [ "$1" != -- ]; do
		sets+=("$1")
		shift
	done
	shift
	dir=$2
	for set in "${sets[@]}"; do
		# shellcheck disable=SC2086
		if apt_use "$arch" $set && "$@"; then
			return
		fi
		find "$dir" -mindepth 1 -delete
		[ "$set" = "${sets[-1]}" ] || say "$set cannot give all of it today: trying the next suite"
	done
	say "no suite has it: ${sets[*]}" "check the network and the mirror $MIRROR (HVLENS_MIRROR chooses another)"
	return 1
}
