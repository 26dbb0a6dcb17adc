# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=dash
# Functions for tests that talk to QEMU and to a program in a Linux guest at the same time. $vm is the name of the
# VM, $tmp the temporary folder of the test.

tmp=$(mktemp -d)
# linux-guest ends its VM on SIGTERM.
# shellcheck disable=SC2046,SC2317
cleanup()
{
	kill $(jobs -p) 2>/dev/null
	wait
	rm -rf "$tmp"
}
trap cleanup EXIT

# shellcheck source=tests/lab/lib/tap.sh
. "$(dirname "$0")/tap.sh"
# bail TEXT...: the test cannot go on
bail()
{
	tail -n 20 "/tmp/guest/$vm"/*.log "$tmp/$vm.said" "$tmp/$vm.stderr" 2>/dev/null | sed 's/^/# /'
	[ ! -e "$tmp/why" ] || sed 's/^/# /' "$tmp/why"
	echo "Bail out! $*"
	exit 1
}

qmp() { linux-guest --qmp "$vm" "{\"execute\":\"$1\",\"arguments\":{${2-}}}"; }

# start NAME OPTIONS COMMAND [QEMU ARGUMENT]: starts a guest that runs COMMAND. Its stdin and stdout are hvc3 of the
# guest: the test writes to descriptor 5, and $tmp/NAME.said collects the output. OPTIONS are those of linux-guest.
# With mmu=hash in the environment the guest is a hash guest.
start()
{
	vm=$1
	append=
	[ "${mmu-}" != hash ] || append=disable_radix
	mkfifo "$tmp/$vm.in" "$tmp/$vm.out"
	exec 5<>"$tmp/$vm.in"
	cat "$tmp/$vm.out" >"$tmp/$vm.said" &
	# shellcheck disable=SC2086
	linux-guest -n "$vm" $2 -t 0 -a "$append" -q "-chardev pipe,id=talk,path=$tmp/$vm -serial chardev:talk ${4-}" \
		"exec 3<>/dev/hvc3; stty raw -echo <&3; { $3; } <&3 >&3" >"$tmp/$vm.stdout" 2>"$tmp/$vm.stderr" &
	linux_guest=$!
}

# said PATTERN: prints how many complete lines of the output begin with PATTERN
said() { head -n "$(wc -l <"$tmp/$vm.said")" "$tmp/$vm.said" | grep -c "^$1"; }
has_said() { [ "$(said "$1")" -gt "$2" ]; }

status_is() { qmp query-status 2>/dev/null | grep -q "\"status\": \"$1\""; }

# powers_off: waits until the guest has powered off, and checks that nothing was reported
powers_off()
{
	wait "$linux_guest" && [ ! -s "$tmp/$vm.stderr" ]
	check "the guest powers off, its kernel does not complain"
	sed 's/^/# /' "$tmp/$vm.stderr"
}
