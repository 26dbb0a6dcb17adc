#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# scripts/lib-component.sh makes a component anew when it must, and keeps the old one when that fails.

# shellcheck disable=SC2015,SC2016
set -u
export HVLENS_CACHE
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
HVLENS_CACHE=$tmp/cache
mkdir "$HVLENS_CACHE" "$tmp/components"
here=$(dirname "$0")
library='. scripts/lib-common.sh; . scripts/lib-component.sh; COMPONENTS='$tmp/components
. "$here/../../scripts/lib-common.sh"
. "$here/../../scripts/lib-component.sh"
set +eu
# shellcheck source=tests/lab/lib/tap.sh
. "$here/../lab/lib/tap.sh"
# shellcheck disable=SC2034
COMPONENTS=$tmp/components

# recipe NAME NEEDS COMMAND: writes a recipe, whose fill() counts how often it has run
recipe()
{
	cat >"$tmp/components/$1.sh" <<-END
		needs() { echo $2; }
		fill() { echo x >>$tmp/made-$1; echo v1 >"\$1/versions"; $3; }
	END
}

# make_all NAME...: makes components as scripts/setup does, in a new process, because "set -e" has no effect in a
# condition. WITH is a command that starts the process.
make_all()
(
	cd "$ROOT" || exit
	exec $WITH bash -c "echo \$\$ >$tmp/leader; $library"'
		for name in $(with_needs "$@"); do
			current "$name" || make_component "$name" test
		done' setup "$@" >"$tmp/said" 2>&1
)
WITH=

# made NAME: prints how often it has been made
made() { wc -l <"$tmp/made-$1"; }
# after NUMBER NAME [NUMBER NAME]...: true if each component has been made NUMBER times
after() { while [ $# -gt 0 ]; do holds "$2 made" "$(made "$2")" -eq "$1" || return; shift 2; done; }

recipe base "" :
recipe top base 'touch "$1/$2"'
make_all top && after 1 base 1 top
check "a component and what it needs are made"
make_all top && after 1 base 1 top
check "the second time nothing is made"
make_all top-variant && after 1 base 2 top && [ -e "$CACHE/top-variant/variant" ] || why "no variant"
check "a variant is a component of the same recipe"
echo '# changed' >>"$tmp/components/top.sh"
make_all top && after 1 base 3 top
check "another recipe: made anew"
recipe base "" 'echo more >"$1/more"'
make_all top && after 2 base 4 top
check "another recipe of what it needs: both are made anew"
echo v0 >"$CACHE/base/versions"
make_all top && after 3 base 4 top && [ "$(cat "$CACHE/base/versions")" = v1 ] || why "$(cat "$CACHE/base/versions")"
check "versions that are not those it was made of, a stale component: made anew"
rm "$CACHE/top/key"
make_all top && after 3 base 5 top
check "a component from before keys existed: made anew"
recipe top base 'touch "$1/half"; false; touch "$1/whole"'
! make_all top && [ ! -e "$CACHE/tmp.top" ] && [ ! -e "$CACHE/top/half" ] || why "$(ls "$CACHE" "$CACHE/top")"
check "a recipe that fails half-way leaves nothing"
grep -q 'cannot make top' "$tmp/said" || why "$(cat "$tmp/said")"
check "the message says so"
recipe top base 'dd if=/dev/zero of="$1/large" bs=1M count=4 2>/dev/null'
! (ulimit -f 1024; make_all top) && [ ! -e "$CACHE/tmp.top" ] && [ ! -e "$CACHE/top/large" ] || why "$(ls "$CACHE" "$CACHE/top")"
check "a recipe that cannot write everything, as on a full disk, leaves nothing either"
recipe top base 'sleep 100'
WITH=setsid make_all top & setup=$!
within 30 test -e "$CACHE/tmp.top"
{ kill -KILL -- "-$(cat "$tmp/leader")"; wait $setup; } 2>/dev/null
recipe top base 'touch "$1/new"'
make_all top && [ -e "$CACHE/top/new" ] && [ ! -e "$CACHE/tmp.top" ] || why "$(ls "$CACHE" "$CACHE/top"; cat "$tmp/said")"
check "the next set-up makes a component whose recipe was killed"
recipe top base 'sleep 1'
before=$(made top)
make_all top & one=$!
make_all top & two=$!
wait $one && wait $two && holds made "$(made top)" -eq $((before + 1))
check "two set-ups at the same time make a component once"
echo "1..$n"
