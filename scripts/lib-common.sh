# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# What every script needs: where things are, and how to speak.

set -euo pipefail

ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
BUILD=$ROOT/build
CACHE=${HVLENS_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/hvlens}
export ROOT BUILD CACHE

# Progress goes to stderr: stdout belongs to what was asked for.
say() { printf '%s: %s\n' "${0##*/}" "$*" >&2; }

# die WHAT FAILED [WHAT TO DO]
die()
{
	printf '%s: %s\n' "${0##*/}" "$1" >&2
	[ $# -lt 2 ] || printf '%s  %s\n' "${0//?/}" "$2" >&2
	exit 1
}

on_power_host() { [ "$(uname -m)" = ppc64le ]; }
