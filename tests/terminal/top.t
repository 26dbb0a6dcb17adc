#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# kvmexit-top in a terminal: the test sends keys and checks the screen. synthetic.c replaces the source of the data, so
# that every number on the screen is known.

export LC_ALL=C.UTF-8 TERM=xterm-256color SYNTHETIC XDG_CONFIG_HOME
unset NO_COLOR TMUX
tmp=$(mktemp -d)
SYNTHETIC=$tmp/vms
XDG_CONFIG_HOME=$tmp/config
pane=0.0
# The socket is in a folder of the test: tmux refuses its usual one if another user has made it.
tmux=(tmux -u -S "$tmp/tmux" -f /dev/null)
vms=()
# shellcheck disable=SC2317
cleanup()
{
	"${tmux[@]}" kill-server 2>/dev/null
	[ ${#vms[@]} = 0 ] || kill "${vms[@]}" 2>/dev/null
	rm -rf "$tmp"
}
trap cleanup EXIT

# shellcheck source=tests/lab/lib/tap.sh
. "$(dirname "$0")/../lab/lib/tap.sh"
# check NAME: like that of tap.sh; prints the screen too after a failure
check()
{
	if [ $? = 0 ]; then verdict=ok; else verdict='not ok'; fi
	n=$((n + 1))
	echo "$verdict $n - $1"
	[ "$verdict" = ok ] || { cat "$tmp/why"; screen; } | sed 's/^/#   /'
	: >"$tmp/why"
}

screen() { "${tmux[@]}" capture-pane -p -t "$pane"; }
colours() { "${tmux[@]}" capture-pane -p -e -t "$pane"; }
keys() { "${tmux[@]}" send-keys -t "$pane" "$@"; }
# soon COMMAND...: waits until COMMAND succeeds, long enough for a busy machine
soon() { within 60 "$@"; }

has() { screen | grep -q -- "$1"; }
lacks() { ! has "$1"; }
shows() { soon has "$1"; }
hides() { soon lacks "$1"; }
# line TEXT: prints the number of the first line of the screen that has TEXT
line() { screen | grep -n -m1 -- "$1" | cut -d : -f 1; }
# lines TEXT COUNT: true if COUNT lines of the screen have TEXT
lines() { [ "$(screen | grep -c -- "$1")" = "$2" ]; }
above() { [ "$(line "$1")" -lt "$(line "$2")" ]; }
# coloured CODES: true if the screen has an escape sequence for colours or attributes that ends with CODES
coloured() { colours | grep -q $'\033\\[[0-9;]*'"$1m"; }
# seen FIELD: prints a field of the line that the source writes about the tool: windows, columns, lines
seen() { cut -d ' ' -f "$1" "$SYNTHETIC.seen"; }
size_is() { [ "$(cut -d ' ' -f 2,3 "$SYNTHETIC.seen")" = "$1" ]; }
# read_after WINDOWS: true if the tool has read more than WINDOWS windows
read_after() { [ "$(seen 1)" -gt "$1" ]; }
# drawn: waits until a window that is read after this call is on the screen: the next one has been read then
drawn() { soon read_after $(($(seen 1) + 1)); }
# woken: prints how often the tool has gone to sleep so far, which it does after each tick
woken() { sed -n 's/^voluntary_ctxt_switches:[[:space:]]*//p' "/proc/$(cat "$tmp/pid")/status"; }
woken_after() { [ "$(woken)" -ge "$1" ]; }
# is_prompt: true if the normal screen shows the shell's prompt and the cursor
is_prompt()
{
	[ "$("${tmux[@]}" display-message -p -t "$pane" '#{alternate_on} #{cursor_flag} #{pane_current_command}')" = '0 1 sh' ]
}

# a_vm NAME UUID: starts a process with the name and the arguments of a QEMU
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
# settings FILE: writes the settings of the terminal to FILE
settings()
{
	rm -f "$1"
	keys "clear; stty -a >$1.part; mv $1.part $1" Enter
	soon test -e "$1"
}
settings "$tmp/before" || bail "no shell in the terminal"
cat >"$tmp/top" <<-TOP
	#!/bin/sh
	echo \$\$ >$tmp/pid
	exec kvmexit-top -d 0.2 "\$@"
TOP
chmod +x "$tmp/top"
# start [OPTION...]
start() { keys "$tmp/top $*" Enter; shows 'EXITS/s'; }

start
check "80 columns: there is a table"
shows web1 && shows db,main
check "VMs have QEMU's names"
soon above db,main web1
check "largest first"
keys I && soon above web1 db,main
check "I inverts the order"
keys I && soon above db,main web1
check "I again restores the order"

keys Enter && shows "in vm $db db,main" && shows REASON && shows hdec
check "Enter: the VM's reasons"
keys Enter && shows '> hcall' && shows H_CEDE && shows H_PROD && hides hdec
check "Enter: the hypercalls"
keys Enter && shows '> H_CEDE' && shows VCPU
check "Enter: the vCPUs"
keys Enter && shows 'vcpu 2' && shows ' CPU '
check "Enter: the host CPUs"
keys BSpace && shows VCPU && keys BSpace && shows H_PROD && keys BSpace && shows hdec &&
	keys BSpace && hides ' in vm' && shows web1
check "Backspace: all the way back"
keys Enter && shows hdec && keys C && shows VCPU && has "in vm $db db,main" && hides web1
check "C: the vCPUs of the same VM"
keys Escape && hides ' in vm' && shows web1
check "Esc: all VMs"

keys C && shows VCPU && soon lines db,main 3
check "C: by vCPU"
keys / web Enter && hides db,main && shows web1 && shows 'only web'
check "/: filter by text"
keys / BSpace BSpace BSpace Enter && shows db,main
check "an empty filter shows all"
keys R && shows hdec && keys K && shows H_CEDE && keys P && shows ' CPU ' && keys V && shows web1
check "R, K, P, V: by reason, hypercall, CPU, VM"

# five sleeps: the tool has ended what it was doing, and at least four ticks have passed
keys ' ' && shows PAUSED && before=$(screen) && windows=$(seen 1) && echo "$web 2" >"$SYNTHETIC" &&
	soon woken_after $(($(woken) + 5)) && [ "$(screen)" = "$before" ] && holds "windows read" "$(seen 1)" -eq "$windows"
check "Space: nothing changes while it is paused"
keys ' ' && hides db,main && shows web1
check "a VM that has ended disappears"
printf '%s 2\n%s 3\n' "$web" "$db" >"$SYNTHETIC"
shows db,main
check "a new VM appears"

keys + && shows 'every 500.0ms' && keys - && shows 'every 200.0ms'
check "+ and -: the interval"
keys '?' && shows 'invert the order' && hides NORECOVERMAX && keys NPage && shows NORECOVERMAX && keys x && shows web1
check "?: help, which scrolls"
shows 'round trips' && shows '^guest  *50.0 ▇▇'
check "below the table: what the selected row is made of"
has 'MAX TOP REASON' && has 'us hdec '
check "80 columns: the top reason is on the screen"
keys o && shows '\[x\] p99' && shows vcpus
check "O: the columns"
keys Down Down && keys ' ' && shows '\[ \]' && keys Enter && shows web1 && hides 'EXITS/s'
check "a column that was removed is not shown"
keys o && shows '\[ \]' && keys ' ' && hides '\[ \]' && keys Enter && shows 'EXITS/s'
check "the column is shown again"
for _ in 1 2 3 4 5 6 7 8 9; do keys '>'; done
shows 'P99'
check "sorting by a column scrolls to it"

for size in '200 50' '500 60' '40 10' '20 3' '10 2' '80 24'; do
	# shellcheck disable=SC2086
	"${tmux[@]}" resize-window -x ${size% *} -y ${size#* }
	soon size_is "$size" && drawn && has . && ! is_prompt
	check "resize to $size"
done
"${tmux[@]}" resize-window -x 320 -y 50
shows MISSED
check "wide enough: every column"
shows '[▁▂▃▄▅▆▇█]' && shows 'GGGGGGHHH'
check "sparkline and bar"
soon coloured '3[0-9]'
check "colours"
keys r && shows hdec && keys w && shows 'saved in .*config/hvlens/kvmexit-top'
check "W: the settings are saved"
keys q && soon is_prompt
check "q: the terminal is as before"
start
shows REASON && keys q && soon is_prompt
check "the next start is as it was saved"
start --by vm
shows web1 && keys q && soon is_prompt
check "the command line comes before what was saved"
rm "$XDG_CONFIG_HOME/hvlens/kvmexit-top"

start --no-color
soon coloured 7 && drawn && ! coloured '3[0-7]'
check "--no-color: reverse video, no colours"
keys q && soon is_prompt

"${tmux[@]}" resize-window -x 80 -y 24
echo "$web 1000" >"$SYNTHETIC"
start --by vcpu
shows ' 999 '
check "1,000 vCPUs: the one with the most exits"
keys End && hides ' 999 ' && shows '    0 '
check "End: the last one"
keys Home && shows ' 999 '
check "Home: the first one"
keys NPage NPage && hides ' 999 '
check "one page further"
keys C-c && soon is_prompt
check "Ctrl-C: the terminal is as before"
echo "$web 1" >"$SYNTHETIC"
start
shows web1 && hides db,main && soon lines web1 1
check "1 vCPU"
keys q && soon is_prompt

for signal in TERM HUP QUIT SEGV ABRT BUS FPE ILL; do
	start
	kill -$signal "$(cat "$tmp/pid")"
	soon is_prompt && settings "$tmp/after" && diff "$tmp/before" "$tmp/after"
	check "SIG$signal: the terminal is as before"
done

# Without a terminal the output is text, with the same numbers as on the screen.
kvmexit-top -B -d 0.2 -n 1 >"$tmp/text" && grep -q 'web1  *[0-9.]*  *50.0 ' "$tmp/text"
check "--batch"
kvmexit-top -j -d 0.2 -n 2 >"$tmp/json" && [ "$(wc -l <"$tmp/json")" = 2 ] &&
	grep -q '"name":"web1"' "$tmp/json" && grep -q '"exits":300,' "$tmp/json" &&
	grep -q '"uuid":"00000000-0000-0000-0000-000000000001"' "$tmp/json"
check "--json: one document per line"
echo "1..$n"
