# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=dash
# TAP for tests that are shell scripts. $tmp is the temporary folder of the test.

n=0

# check NAME: prints a line of TAP for the status of the previous command; after a failure also $tmp/why
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

# why TEXT...: notes the reason for the next check and fails
why() { echo "$*" >>"$tmp/why"; return 1; }

# holds WHAT A OPERATOR B
holds() { test "$2" "$3" "$4" || why "$1: not $2 $3 $4"; }

# ends STATUS TEXT COMMAND...: true if COMMAND ends with that status and its output has TEXT
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

# member NAME <DOCUMENTS: prints the values of that JSON member, one per line
member() { grep -o "\"$1\":[^,}]*" | cut -d : -f 2; }

# sum: prints the sum of the numbers on stdin
sum() { awk '{ n += $1 } END { print n + 0 }'; }

# by_trap FIELD <JSON: prints a line "TRAP NUMBER" for each trap, TRAP in hex. NUMBER is the sum of FIELD over all
# documents and all rows with that trap.
by_trap()
{
	sed 's/},{/}\n{/g; s/"rows":\[/\n/g' |
		sed -n "s/.*\"trap\":\"\([0-9a-fx]*\)\".*\"$1\":\([0-9]*\).*/\1 \2/p; s/.*\"$1\":\([0-9]*\).*\"trap\":\"\([0-9a-fx]*\)\".*/\2 \1/p" |
		awk '{ sum[$1] += $2 } END { for (trap in sum) printf "%s %d\n", trap, sum[trap] }'
}

# bail TEXT...: ends the test, which cannot go on
bail()
{
	[ ! -e "$tmp/why" ] || sed 's/^/# /' "$tmp/why"
	echo "Bail out! $*"
	exit 1
}

uptime_ms() { awk '{ print int($1 * 1000) }' /proc/uptime; }

# within SECONDS COMMAND...: repeats COMMAND until it succeeds. Fails after SECONDS times HVLENS_PATIENCE, and
# notes that as the reason. SECONDS is far more than a machine needs.
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

# attached FILE: waits until the tool that reports to FILE has written its first report
attached() { within 60 test -s "$1" || bail "the tool has not attached"; }
