#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# lab: machine=powernv9 kernel=64k smp=2 backend=ours timeout=900 guest=yes
# lab: machine=powernv8 kernel=64k smp=2 backend=ours timeout=900 guest=yes rare=yes
# scripts/linux-guest does what its usage text says.

tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
# shellcheck source=tests/lab/lib/tap.sh
. "$(dirname "$0")/tap.sh"

cd "$tmp" || exit
out=$(linux-guest -n one -c 2 -a marked -f /etc/lab/settings:/etc/taken 'nproc; cat /etc/taken /proc/cmdline; exit 3' 2>err)
[ $? = 3 ]
check "the command's exit status"
[ "$(echo "$out" | head -n 1)" = 2 ] && echo "$out" | grep -q BACKEND && echo "$out" | grep -q marked
check "its output, the number of vCPUs, a file, an argument for the kernel"
[ ! -s err ] && grep -q 'Power down' /tmp/guest/one/console.log
check "nothing on stderr, the kernel's log in console.log"

linux-guest -n two 'echo up; sleep 1000' >two.out 2>&1 &
within 120 grep -q up two.out || bail "the guest does not boot"
[ "$(linux-guest --monitor two info name)" = two ] && linux-guest --qmp two '{"execute":"query-status"}' | grep -q running
check "monitor and QMP"
linux-guest --qmp two '{"execute":"no-such"}' | grep -q CommandNotFound && ! linux-guest --monitor three info name 2>/dev/null
check "errors of monitor and QMP"
linux-guest -n two true 2>err
[ $? = 2 ] && grep -q already err
check "no second VM of the same name"
kill $!
wait $!
[ $? = 143 ] && ! pidof qemu-system-ppc64
check "SIGTERM ends the VM"

linux-guest -q -no-such-option true 2>err
[ $? = 125 ] && grep -q 'no-such-option' err
check "a QEMU that ends at once is reported, with its message"
linux-guest 'echo c >/proc/sysrq-trigger; sleep 10' 2>err
[ $? = 125 ] && grep -q 'sysrq triggered crash' err
check "a crash is reported, with the log"
linux-guest -t 1 'sleep 100' 2>err
[ $? = 124 ]
check "the time-out"
echo "1..$n"
