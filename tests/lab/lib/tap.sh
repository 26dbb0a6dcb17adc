# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=dash
# For tests that are shell scripts: lines of TAP. $tmp is their temporary folder.

n=0

# check NAME: a line of TAP for the status before; comments from $tmp/why
check()
{
	if [ $? = 0 ]; then verdict=ok; else verdict='not ok'; fi
	n=$((n + 1))
	echo "$verdict $n - $1"
	if [ "$verdict" != ok ] && [ -e "$tmp/why" ]; then
		sed 's/^/#   /' "$tmp/why"
	fi
	: >"$tmp/why"
}

# why TEXT...: says it and fails.
why() { echo "$*" >>"$tmp/why"; return 1; }

# holds WHAT A OPERATOR B
holds() { test "$2" "$3" "$4" || why "$1: not $2 $3 $4"; }

# ends STATUS TEXT COMMAND...: with that status, and TEXT among what it writes
ends()
{
	want=$1 text=$2
	shift 2
	"$@" >"$tmp/output" 2>&1
	got=$?
	if [ $got != "$want" ] || ! grep -q -- "$text" "$tmp/output"; then
		why "status $got, wanted: $want and '$text' in:" "$(head -n 5 "$tmp/output")"
	fi
}

# member NAME <DOCUMENTS: its values, one a line
member() { grep -o "\"$1\":[^,}]*" | cut -d : -f 2; }

# sum: of the numbers on stdin
sum() { awk '{ n += $1 } END { print n + 0 }'; }

# by_trap FIELD <JSON: "TRAP NUMBER" a row, TRAP in hex, NUMBER being FIELD's, summed up
# over documents and over rows of the same trap
by_trap()
{
	sed 's/},{/}\n{/g; s/"rows":\[/\n/g' |
		sed -n "s/.*\"trap\":\([0-9]*\).*\"$1\":\([0-9]*\).*/\1 \2/p; s/.*\"$1\":\([0-9]*\).*\"trap\":\([0-9]*\).*/\2 \1/p" |
		awk '{ sum[$1] += $2 } END { for (trap in sum) printf "0x%x %d\n", trap, sum[trap] }'
}

# bail TEXT...: the test cannot go on.
bail()
{
	[ ! -e "$tmp/why" ] || sed 's/^/# /' "$tmp/why"
	echo "Bail out! $*"
	exit 1
}

uptime_ms() { awk '{ print int($1 * 1000) }' /proc/uptime; }

# within SECONDS COMMAND...: tries until it succeeds. The limit, times HVLENS_PATIENCE, is for what
# never comes, so it is far beyond what a machine takes; when it passes, that is said.
within()
{
	local limit=$(($1 * ${HVLENS_PATIENCE:-1})) end

	shift
	end=$(($(uptime_ms) + limit * 1000))
	until "$@"; do
		[ "$(uptime_ms)" -lt $end ] || { why "not within $limit s: $*"; return; }
		sleep 0.1
	done
}

# attached FILE: waits until the tool that reports there every so often has begun to.
attached() { within 60 test -s "$1" || bail "the tool has not attached"; }
