# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=dash
# Which lines of a kernel's log are a failure, whatever the status of the command

SPLAT='WARNING: |BUG: |kernel BUG at|Oops: |Kernel panic|Unable to handle kernel|INFO: rcu|rcu: INFO|INFO: task .* blocked|possible (circular|recursive|irq)|inconsistent lock state|suspicious RCU|soft lockup|hard LOCKUP|Bad kernel stack|Unrecoverable'

# show_splat LOG: prints the first such line and the twelve lines after it; false if there is none
show_splat()
{
	awk -v splat="$SPLAT" '
		!found && $0 ~ splat { found = NR }
		found { print }
		found && NR == found + 12 { exit }
		END { exit !found }' "$1"
}
