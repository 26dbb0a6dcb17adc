#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# "make install" uses DESTDIR and PREFIX, and the installed programs work.

tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
# shellcheck source=tests/lab/lib/tap.sh
. "$(dirname "$0")/../lab/lib/tap.sh"

unset MAKEFLAGS MAKELEVEL OUT
make -s -C "$(dirname "$0")/../.." install DESTDIR="$tmp/root" PREFIX=/opt/hvlens >"$tmp/why" 2>&1
check "make install"
# On a POWER host it installs the module too.
(cd "$tmp/root" && find . -not -type d -not -name kvm-hv.ko | sort) >"$tmp/got"
sort >"$tmp/want" <<-'FILES'
	./opt/hvlens/bin/kvmexit-top
	./opt/hvlens/bin/kvmlat
	./opt/hvlens/share/bash-completion/completions/kvmexit-top
	./opt/hvlens/share/bash-completion/completions/kvmlat
	./opt/hvlens/share/doc/hvlens/hvlens.schema.json
	./opt/hvlens/share/man/man8/kvmexit-top.8
	./opt/hvlens/share/man/man8/kvmlat.8
FILES
diff "$tmp/want" "$tmp/got" >"$tmp/why"
check "these files, all below DESTDIR and PREFIX"
for tool in kvmlat kvmexit-top; do
	"$tmp/root/opt/hvlens/bin/$tool" --version >"$tmp/why" 2>&1 && grep -q "^$tool " "$tmp/why"
	check "$tool --version"
	[ -e "$(readlink -f "$tmp/root/opt/hvlens/share/bash-completion/completions/$tool")" ]
	check "its completion can be loaded"
done
echo "1..$n"
