# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# Components of the cache: CACHE/NAME, made by scripts/components/FILE.sh, where NAME is FILE
# or FILE-VARIANT (kernel-64k is made by kernel.sh). Such a file has
#
#   needs [VARIANT]       prints the components that this one is made of; they come first
#   fill DIR [VARIANT]    fills the empty folder DIR, and DIR/versions: a line for the suites that
#                         the packages are from, then PACKAGE=VERSION:ARCHITECTURE lines
#
# A component has a key, in DIR/key: the hash of what goes into it. That is the text of its file
# and of the libraries which those files use, the keys of the components that it needs, and the
# versions that were resolved. One whose key differs from what these are today is made anew.
# A half-made component never gets its name.

COMPONENTS=$ROOT/scripts/components

component_file()
{
	local file=$COMPONENTS/${1%-*}.sh

	[ -e "$COMPONENTS/$1.sh" ] && file=$COMPONENTS/$1.sh
	[ -e "$file" ] || die "there is no component '$1'" "they are in scripts/components"
	echo "$file"
}

# component_does NAME FUNCTION [ARGUMENT...]: that function of the component's file, with the
# variant as the last argument
component_does()
(
	set -e
	name=$1 file=$(component_file "$1")
	variant=${name#"$(basename "$file" .sh)"}
	# shellcheck source=/dev/null
	. "$file"
	"${@:2}" "${variant#-}"
)

# component_key NAME DIR: what the key is today if the component is what DIR holds
component_key()
{
	local need

	{
		sha256sum <"$(component_file "$1")"
		sha256sum <"$ROOT/scripts/lib-component.sh"
		sha256sum <"$ROOT/scripts/lib-apt.sh"
		sha256sum <"$ROOT/scripts/lib-archive.sh"
		for need in $(component_does "$1" needs); do
			cat "$CACHE/$need/key" 2>/dev/null || echo "no $need"
		done
		cat "$2/versions"
	} | sha256sum | cut -d ' ' -f 1
}

# current NAME: is it in the cache, and what it would be today?
current()
{
	local need

	[ -e "$CACHE/$1/key" ] && [ -e "$CACHE/$1/versions" ] || return
	for need in $(component_does "$1" needs); do
		current "$need" || return
	done
	[ "$(<"$CACHE/$1/key")" = "$(component_key "$1" "$CACHE/$1")" ]
}

# with_needs NAME...: these and what they need, each once, needs first
with_needs()
{
	local name need

	for name; do
		for need in $(component_does "$name" needs); do
			with_needs "$need"
		done
		echo "$name"
	done | awk '!seen[$0]++'
}

# make_component NAME HOW-FAR: under a lock, since two set-ups may run at once. The build root
# is not replaced while commands run in it.
make_component()
{
	local name=$1 tmp status

	exec {lock}<>"$CACHE/lock"
	if ! flock --nonblock "$lock"; then
		say "waiting for another set-up"
		flock "$lock"
	fi
	if ! current "$name"; then
		find "$CACHE" -mindepth 1 -maxdepth 1 -name 'tmp.*' -exec rm -rf {} +
		say "$name, $2"
		tmp=$CACHE/tmp.$name
		mkdir "$tmp"
		# not as a condition: there "set -e" would not hold
		set +e
		component_does "$name" fill "$tmp"
		status=$?
		set -e
		if [ "$status" != 0 ] || [ ! -s "$tmp/versions" ]; then
			rm -rf "$tmp"
			die "cannot make $name" "see above; nothing half-made is kept, run again once that is mended"
		fi
		component_key "$name" "$tmp" >"$tmp/key"
		if [ "$name" = root ]; then
			exec {users}<>"$CACHE/root.lock"
			flock --nonblock "$users" || { say "waiting until nothing runs in the old build root"; flock "$users"; }
		fi
		[ ! -e "$CACHE/$name" ] || mv "$CACHE/$name" "$CACHE/tmp.old.$name"
		mv "$tmp" "$CACHE/$name"
		rm -rf "$CACHE/tmp.old.$name"
		[ "$name" != root ] || exec {users}>&-
	fi
	exec {lock}>&-
}
