# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=dash
# For tests that talk to QEMU and to what runs in a Linux guest meanwhile. $vm is the VM
# that is spoken of, $tmp a folder that goes with the test.

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

# start NAME OPTIONS COMMAND [QEMU ARGUMENT]: a guest that runs COMMAND, whose stdin and
# stdout are hvc3 of the guest: descriptor 5, and what $tmp/NAME.said collects. OPTIONS are
# linux-guest's. With mmu=hash in the environment it translates with a hash table.
start()
{
	vm=$1
	append=quiet
	[ "${mmu-}" != hash ] || append="quiet disable_radix"
	mkfifo "$tmp/$vm.in" "$tmp/$vm.out"
	exec 5<>"$tmp/$vm.in"
	cat "$tmp/$vm.out" >"$tmp/$vm.said" &
	# shellcheck disable=SC2086
	linux-guest -n "$vm" $2 -t 0 -a "$append" -q "-chardev pipe,id=talk,path=$tmp/$vm -serial chardev:talk ${4-}" \
		"exec 3<>/dev/hvc3; stty raw -echo <&3; { $3; } <&3 >&3" >"$tmp/$vm.stdout" 2>"$tmp/$vm.stderr" &
	linux_guest=$!
}

# said PATTERN: the number of lines, complete ones, that begin so
said() { head -n "$(wc -l <"$tmp/$vm.said")" "$tmp/$vm.said" | grep -c "^$1"; }
has_said() { [ "$(said "$1")" -gt "$2" ]; }

status_is() { qmp query-status 2>/dev/null | grep -q "\"status\": \"$1\""; }

# powers_off: waits for the end of the guest's command
powers_off()
{
	wait "$linux_guest" && [ ! -s "$tmp/$vm.stderr" ]
	check "the guest powers off, its kernel has nothing to complain of"
	sed 's/^/# /' "$tmp/$vm.stderr"
}
