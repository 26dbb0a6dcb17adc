#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# scripts/lib-apt.sh works with a mirror in any state. The test makes a small archive of two suites, and removes
# packages that the index still names, as mirrors do after a point release.

# shellcheck disable=SC2015,SC2016
set -u
export HVLENS_CACHE HVLENS_SETUP
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
HVLENS_CACHE=$tmp/cache
mkdir "$HVLENS_CACHE"
: >"$HVLENS_CACHE/proxy.conf"
here=$(dirname "$0")
. "$here/../../scripts/lib-common.sh"
. "$here/../../scripts/lib-apt.sh"
set +eu
# shellcheck source=tests/lab/lib/tap.sh
. "$here/../lab/lib/tap.sh"
SETUP=1 MIRROR=copy:$tmp/archive TRUST=trusted=yes

# package SUITE NAME VERSION [DEPENDS]: makes a package, whose only file has the suite and the version
package()
{
	local pool=pool/$1 tree=$tmp/tree/$2

	rm -rf "$tree"
	mkdir -p "$tree/DEBIAN" "$tree/usr/share/$2" "$tmp/archive/$pool" "$tmp/archive/dists/$1/main/binary-ppc64el"
	printf 'Package: %s\nVersion: %s\nArchitecture: ppc64el\nMaintainer: test\nDescription: test\n%s' \
		"$2" "$3" "${4:+Depends: $4$'\n'}" >"$tree/DEBIAN/control"
	echo "$1 $3" >"$tree/usr/share/$2/version"
	[ "$2" != links ] || ln -s "/usr/share/$2/version" "$tree/usr/absolute"
	dpkg-deb --build --root-owner-group "$tree" "$tmp/archive/$pool/$2_${3//:/%3a}_ppc64el.deb" >/dev/null
}

# index SUITE: makes the index of the packages that are in the pool now
index()
(
	cd "$tmp/archive" || exit
	mkdir -p "dists/$1/main/binary-amd64"
	: >"dists/$1/main/binary-amd64/Packages"
	apt-ftparchive packages "pool/$1" >"dists/$1/main/binary-ppc64el/Packages"
	apt-ftparchive -o "APT::FTPArchive::Release::Codename=$1" -o "APT::FTPArchive::Release::Suite=$1" \
		-o APT::FTPArchive::Release::Architectures="ppc64el amd64" \
		-o APT::FTPArchive::Release::Components=main release "dists/$1" >"$tmp/Release"
	mv "$tmp/Release" "dists/$1/Release"
)

# gone SUITE NAME_VERSION: removes a package that the index still names
gone() { mv "$tmp/archive/pool/$1/$2_ppc64el.deb" "$tmp/$2.gone"; }
back() { mv "$tmp/$2.gone" "$tmp/archive/pool/$1/$2_ppc64el.deb"; }

# got WHAT: true if the folder has that package and its versions say so
got()
{
	local file
	for file in "$dir"/usr/share/*/version; do
		echo "$(basename "$(dirname "$file")") $(cat "$file")"
	done >"$tmp/got"
	[ "$(paste -s -d , "$tmp/got")" = "$1" ] || why "$(paste -s -d , "$tmp/got"), wanted $1:" "$(cat "$tmp/said")"
}

# try COMMAND...: runs COMMAND in a new folder, with the suites stable and, after it, old
try()
{
	dir=$tmp/dir
	rm -rf "$dir"
	mkdir "$dir"
	SETUP=$((SETUP + 1))
	from_suites ppc64el stable old -- "$1" "$dir" "${@:2}" >"$tmp/said" 2>&1
}

for suite in stable old; do
	case $suite in stable) v=2 ;; *) v=1 ;; esac
	package $suite base $v
	package $suite library 1:$v.0 "base (>= $v)"
	package $suite program $v.1 library
	package $suite links $v
	index $suite
done

try fetch_closure program && got "base stable 2,library stable 1:2.0,program stable 2.1"
check "a package comes with all that it depends on"
grep -q '^suite stable' "$dir/versions" && grep -q '^library=1:2.0:ppc64el$' "$dir/versions" || why "$(cat "$dir/versions")"
check "the versions say what the package is and where it is from"

gone stable base_2
try fetch_closure program && got "base old 1,library old 1:1.0,program old 1.1"
check "one file is missing at the mirror: all of it comes from the next suite"
grep -q '^suite old' "$dir/versions" && ! grep -q stable "$dir/versions" || why "$(cat "$dir/versions")"
check "nothing is mixed from two suites"
grep -q 'stable cannot give all of it' "$tmp/said" || why "$(cat "$tmp/said")"
check "the message says so"

gone old program_1.1
! try fetch_closure program && [ -z "$(ls -A "$dir")" ] || why "$(ls -A "$dir")"
check "no suite has it: an error, and nothing is left"
grep -q 'HVLENS_MIRROR' "$tmp/said" || why "$(cat "$tmp/said")"
check "the error says what to do"
back old program_1.1
back stable base_2

try fetch_closure links && [ "$(readlink "$dir/usr/absolute")" = share/links/version ] &&
	[ "$(cat "$dir/usr/absolute")" = "stable 2" ] || why "$(ls -l "$dir/usr")"
check "an absolute link in a package leads to the same file, in the folder"

# kernels: a release consists of four packages
# shellcheck source=scripts/components/kernel.sh
. "$here/../../scripts/components/kernel.sh"
for release in 6.12.9+deb 6.12.10+deb; do
	for name in image-$release-powerpc64le headers-$release-powerpc64le headers-$release-common; do
		package stable "linux-$name" 1
	done
	package stable "linux-kbuild-$release" 1
done
sed -i 's/^Architecture: ppc64el/&/' "$tmp/archive/dists/stable/Release"
index stable
# the package for the build machine, which has another architecture
with_kbuild() { sed -n '/linux-kbuild/,/^$/p' "$tmp/archive/dists/stable/main/binary-ppc64el/Packages" |
	sed 's/^Architecture: .*/Architecture: amd64/' >"$tmp/archive/dists/stable/main/binary-amd64/Packages"
	(cd "$tmp/archive" && apt-ftparchive -o APT::FTPArchive::Release::Codename=stable \
		-o APT::FTPArchive::Release::Architectures="ppc64el amd64" -o APT::FTPArchive::Release::Components=main \
		release dists/stable >"$tmp/Release" && mv "$tmp/Release" dists/stable/Release); }
with_kbuild
try fetch_kernel powerpc64le && [ "$(cat "$dir/release")" = 6.12.10+deb-powerpc64le ] || why "$(cat "$tmp/said")"
check "a kernel: the newest release"
gone stable linux-image-6.12.10+deb-powerpc64le_1
try fetch_kernel powerpc64le && [ "$(cat "$dir/release")" = 6.12.9+deb-powerpc64le ] && [ ! -e "$dir/usr/share/linux-kbuild-6.12.10+deb" ] || why "$(cat "$tmp/said")"
check "its image is missing at the mirror: the next older release, whole"
grep -q '6.12.10.*taking 6.12.9' "$tmp/said" || why "$(cat "$tmp/said")"
check "the message says so"
echo "1..$n"
