#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# kvmexit-top in a terminal: keys are sent, the screen is looked at. Its source is
# made up (synthetic.c), so that every number on the screen is known.

export LC_ALL=C.UTF-8 TERM=xterm-256color SYNTHETIC
unset NO_COLOR TMUX
tmp=$(mktemp -d)
SYNTHETIC=$tmp/vms
pane=0.0
tmux=(tmux -u -L "hvlens-test-$$" -f /dev/null)
vms=()
# shellcheck disable=SC2317
cleanup()
{
	"${tmux[@]}" kill-server 2>/dev/null
	[ ${#vms[@]} = 0 ] || kill "${vms[@]}" 2>/dev/null
	rm -rf "$tmp"
}
trap cleanup EXIT

n=0
# check NAME: a line of TAP for the status before; the screen if it failed
check()
{
	if [ $? = 0 ]; then verdict=ok; else verdict='not ok'; fi
	n=$((n + 1))
	echo "$verdict $n - $1"
	[ "$verdict" = ok ] || screen | sed 's/^/#   /'
}

screen() { "${tmux[@]}" capture-pane -p -t "$pane"; }
keys() { "${tmux[@]}" send-keys -t "$pane" "$@"; }

# within COMMAND...: does it succeed in the next 10 s?
within()
{
	local i

	for ((i = 0; i < 100; i++)); do
		"$@" && return
		sleep 0.1
	done
	return 1
}

has() { screen | grep -q -- "$1"; }
lacks() { ! has "$1"; }
shows() { within has "$1"; }
hides() { within lacks "$1"; }
# the line of the screen that has $1
line() { screen | grep -n -m1 -- "$1" | cut -d : -f 1; }
# lines TEXT COUNT: so many lines of the screen have it
lines() { [ "$(screen | grep -c -- "$1")" = "$2" ]; }
above() { [ "$(line "$1")" -lt "$(line "$2")" ]; }
# is_prompt: the shell's, on the normal screen, with its cursor
is_prompt()
{
	[ "$("${tmux[@]}" display-message -p -t "$pane" '#{alternate_on} #{cursor_flag} #{pane_current_command}')" = '0 1 sh' ]
}

# a_vm NAME UUID: a process that is called as QEMU calls a VM's
a_vm()
{
	sh -c "read -r _ <'$tmp/never'" qemu -name "guest=$1,debug-threads=on" -uuid "$2" &
	vms+=($!)
}
mkfifo "$tmp/never"
a_vm web1 00000000-0000-0000-0000-000000000001
a_vm 'db,,main' 00000000-0000-0000-0000-000000000002
web=${vms[0]} db=${vms[1]}
printf '%s 2\n%s 3\n' "$web" "$db" >"$SYNTHETIC"

PS1='$ ' "${tmux[@]}" new-session -d -x 80 -y 24 sh
keys 'stty -a >'"$tmp/before" Enter
# start [OPTION...]
start() { keys "kvmexit-top -d 0.2 $*" Enter; shows 'EXITS/s'; }

start
check "80 columns: there is a table"
shows web1 && has 'db,main'
check "VMs have QEMU's names"
above db,main web1
check "largest first"
keys I && within above web1 db,main
check "I inverts the order"
keys I
within above db,main web1

keys Enter && shows "in vm $db db,main" && shows VCPU
check "Enter: the VM's vCPUs"
keys Enter && shows 'vcpu 2' && shows REASON && has hdec
check "Enter: the vCPU's reasons"
keys Enter && shows '> hcall' && shows H_CEDE && has H_PROD && lacks hdec
check "Enter: the hypercalls"
keys Enter && shows '> H_CEDE' && shows ' CPU '
check "Enter: the host CPUs"
keys BSpace && shows H_PROD && keys BSpace && shows hdec && keys BSpace && shows VCPU &&
	keys BSpace && hides ' in vm' && shows web1
check "Backspace: all the way back"

keys C && shows 'VCPU' && within lines db,main 3
check "C: by vCPU"
keys / web Enter && hides db,main && has web1 && has 'only web'
check "/: filter by text"
keys / BSpace BSpace BSpace Enter && shows db,main
check "an empty filter takes all"
keys R && shows hdec && keys K && shows H_CEDE && keys P && shows ' CPU ' && keys V && shows web1
check "R, K, P, V: by reason, hypercall, CPU, VM"

keys ' ' && shows PAUSED && before=$(screen) && echo "$web 2" >"$SYNTHETIC" && sleep 1 &&
	[ "$(screen)" = "$before" ]
check "Space: nothing changes while it is paused"
keys ' ' && hides db,main && has web1
check "a VM that is gone is gone"
printf '%s 2\n%s 3\n' "$web" "$db" >"$SYNTHETIC"
shows db,main
check "a VM that comes is there"

keys + && shows 'every 500.0ms' && keys - && shows 'every 200.0ms'
check "+ and -: the interval"
keys '?' && shows 'invert the order' && keys x && shows web1
check "?: help"
keys o && shows '\[x\] p50' && has vcpus
check "O: the columns"
keys Down Down Down && sleep 0.3 && keys ' ' && shows '\[ \]' && keys Enter && shows web1 && lacks 'EXITS/s'
check "a column that was taken away is not there"
keys o && shows '\[ \]' && keys ' ' && sleep 0.3 && keys Enter && shows 'EXITS/s'
check "and comes back"
for _ in 1 2 3 4 5 6 7 8 9; do keys '>'; done
shows 'P99'
check "sorting by a column moves it into sight"

for size in '200 50' '500 60' '40 10' '20 3' '10 2' '80 24'; do
	# shellcheck disable=SC2086
	"${tmux[@]}" resize-window -x ${size% *} -y ${size#* }
	sleep 0.5
	has . && ! is_prompt
	check "resize to $size"
done
"${tmux[@]}" resize-window -x 320 -y 50
shows MISSED
check "wide enough: every column"
has '[▁▂▃▄▅▆▇█]' && has 'GGGGGGHHH'
check "sparkline and bar"
"${tmux[@]}" capture-pane -p -e -t "$pane" | grep -q $'\033\[[0-9;]*3[0-9]m'
check "colours"
keys q && within is_prompt
check "q: the terminal is as before"

start --no-color
"${tmux[@]}" capture-pane -p -e -t "$pane" | grep -q $'\033\[[0-9;]*7m' &&
	! "${tmux[@]}" capture-pane -p -e -t "$pane" | grep -q $'\033\[[0-9;]*3[0-7]m'
check "--no-color: reverse video, no colours"
keys q && within is_prompt

"${tmux[@]}" resize-window -x 80 -y 24
echo "$web 1000" >"$SYNTHETIC"
start --by vcpu
shows ' 999 '
check "1,000 vCPUs: the one with the most exits"
keys End && hides ' 999 ' && has '    0 '
check "End: the last one"
keys Home && shows ' 999 '
check "Home: the first one"
keys NPage NPage && hides ' 999 '
check "a page further"
keys C-c && within is_prompt
check "Ctrl-C: the terminal is as before"
echo "$web 1" >"$SYNTHETIC"
start
shows web1 && hides db,main && lines web1 1
check "1 vCPU"
keys q && within is_prompt

for signal in TERM HUP QUIT SEGV ABRT BUS FPE ILL; do
	start
	kill -$signal "$(pgrep -x -P "$("${tmux[@]}" display-message -p -t "$pane" '#{pane_pid}')" kvmexit-top)"
	within is_prompt && keys clear Enter && keys "stty -a >$tmp/after" Enter && sleep 0.3 &&
		diff "$tmp/before" "$tmp/after"
	check "SIG$signal: the terminal is as before"
done

# What has no terminal is text; the same numbers as on the screen
kvmexit-top -B -d 0.2 -n 1 >"$tmp/text" && grep -q 'web1  *1 ' "$tmp/text"
check "--batch"
kvmexit-top -j -d 0.2 -n 2 >"$tmp/json" && [ "$(wc -l <"$tmp/json")" = 2 ] &&
	grep -q '"name":"web1"' "$tmp/json" && grep -q '"exits":300,' "$tmp/json" &&
	grep -q '"uuid":"00000000-0000-0000-0000-000000000001"' "$tmp/json"
check "--json: a document a line"
echo "1..$n"
