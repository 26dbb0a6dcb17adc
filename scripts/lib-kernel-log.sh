# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=dash
# Which lines of a kernel's log are a failure, whatever the status of the command

SPLAT='WARNING: |BUG: |BUG [^ ]+ .*(Tainted|Not tainted)|kernel BUG at|Oops: |Kernel panic|Unable to handle kernel|INFO: rcu|rcu: INFO|INFO: task .* blocked|INFO: trying to register|possible (circular|recursive|irq)|inconsistent lock state|suspicious RCU|locking correctness validator|ODEBUG: |kmemleak: [0-9]+ new|soft lockup|hard LOCKUP|Bad kernel stack|Unrecoverable'

# Reports of the debug kernel about kvm.ko, which is the kernel's own. A row has the report and a function. A report
# is left out if the line after it says "caller is FUNCTION".
KNOWN='
smp_processor_id() in preemptible	kvmppc_xive_disable_vcpu_interrupts
smp_processor_id() in preemptible	kvmppc_xive_native_set_attr
smp_processor_id() in preemptible	xive_lock_and_mask
smp_processor_id() in preemptible	xive_native_esb_fault
'

# show_splat LOG: prints the first such line and the twelve lines after it; false if there is none
show_splat()
{
	awk -v splat="$SPLAT" -v known="$KNOWN" '
		BEGIN {
			n = split(known, rows, "\n")
			for (i = 1; i <= n; i++) {
				if (split(rows[i], row, "\t") == 2)
					caller[i] = row[2]
				report[i] = row[1]
			}
		}
		# is_known(LINE): whether the report that began in the line before is left out
		function is_known(line,	i)
		{
			for (i in caller)
				if (index(first, report[i]) && line ~ "caller is " caller[i] "\\+")
					return 1
		}
		found && NR == found + 1 && is_known($0) { found = 0; next }
		!found && $0 ~ splat { found = NR; first = $0 }
		found { lines[NR] = $0 }
		found && NR == found + 12 { exit }
		END {
			for (i = found; found && i in lines; i++)
				print lines[i]
			exit !found
		}' "$1"
}
