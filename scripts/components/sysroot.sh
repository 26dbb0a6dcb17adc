# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# Headers and libraries of ppc64el for cross-compiling.

needs() { :; }

fill()
{
	from_suites ppc64el "${TARGET_SUITES[@]}" -- fetch_closure "$1" \
		libc6-dev linux-libc-dev libbpf-dev libelf-dev zlib1g-dev libzstd-dev libncurses-dev
	rm -rf "${1:?}/usr/share" "${1:?}/etc" "${1:?}/var"
}
