#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# On a POWER host set-up names the missing packages. The test replaces uname, so that this machine looks like one.

tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=tests/lab/lib/tap.sh
. "$here/../lab/lib/tap.sh"

# The commands that a shell script needs, and all that a build needs except pkg-config
mkdir "$tmp/bin"
for command in bash cat dirname realpath gcc clang bpftool; do
	ln -s "$(PATH=$PATH:/usr/sbin command -v $command)" "$tmp/bin"
done
# shellcheck disable=SC2016
printf '#!/bin/sh\ncase $1 in -m) echo ppc64le ;; *) echo 6.12.0-test ;; esac\n' >"$tmp/bin/uname"
chmod 755 "$tmp/bin/uname"

ends 1 'pkg-config libbpf-dev libelf-dev libncurses-dev linux-headers-6.12.0-test$' \
	env "PATH=$tmp/bin" "$here/../../scripts/setup"
check "without pkg-config: pkg-config, the libraries that it finds, and the kernel's headers are named"
rm "$tmp/bin/gcc"
ends 1 ': gcc pkg-config' env "PATH=$tmp/bin" "$here/../../scripts/setup"
check "without a compiler too"
echo "1..$n"
