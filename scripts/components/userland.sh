# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# The emulated host's and its guests' user space: bin/busybox, static.

needs() { :; }

fill()
{
	from_suites ppc64el "${TARGET_SUITES[@]}" -- fetch "$1" busybox-static
	[ -d "$1/bin" ] || mv "$1/usr/bin" "$1/bin"
	rm -rf "${1:?}/usr"
}
