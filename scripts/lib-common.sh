# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# What every script needs: paths, messages, and the build root.
#
# The programs that build the project and run the lab come from the build root, whatever is installed on
# this machine. The build root is a Debian system in the cache, made by scripts/setup. A script
# that is started outside of the build root starts again inside, unless it has set OUTSIDE. On a POWER host
# there is no build root: everything is native.

set -euo pipefail

ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
BUILD=$ROOT/build
CACHE=${HVLENS_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/hvlens}
export ROOT BUILD CACHE

# Progress goes to stderr, results go to stdout.
say() { printf '%s: %s\n' "${0##*/}" "$*" >&2; }

# die WHAT FAILED [WHAT TO DO]
die()
{
	printf '%s: %s\n' "${0##*/}" "$1" >&2
	[ $# -lt 2 ] || printf '%s  %s\n' "${0//?/}" "$2" >&2
	exit 1
}

on_power_host() { [ "$(uname -m)" = ppc64le ]; }
in_build_root() { [ -e /.hvlens-build-root ]; }

if [ -z "${OUTSIDE:-}" ] && ! on_power_host && ! in_build_root; then
	exec "$ROOT/scripts/enter" "$(realpath "$0")" "$@"
fi
