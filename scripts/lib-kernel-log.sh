# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# What in a kernel's log is a failure, whatever the command that ran says.

SPLAT='WARNING: |BUG: |kernel BUG at|Oops: |Kernel panic|Unable to handle kernel|INFO: rcu|rcu: INFO|INFO: task .* blocked|possible (circular|recursive|irq)|inconsistent lock state|suspicious RCU|soft lockup|hard LOCKUP|Bad kernel stack|Unrecoverable'

# first_splat LOG: the first such line; false if there is none.
first_splat() { grep -a -E -m1 "$SPLAT" "$1"; }

# show_splat LOG: it and what follows it.
show_splat() { grep -a -E -A12 -m1 "$SPLAT" "$1"; }
