# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# The factor for all time-outs: how much longer than on an idle machine a command may take before it counts as hung

# patience_of_kernel KERNEL: prints the kernel's part of the factor, 6 for one that checks itself (KASAN, lockdep), else 1
patience_of_kernel()
{
	if grep -q -s -E '^CONFIG_(KASAN|PROVE_LOCKING)=y' "$CACHE/kernel-$1/config"; then
		echo 6
	else
		echo 1
	fi
}

# patience KERNEL [HOSTS]: prints the factor, a whole number, for HOSTS emulated hosts (1 unless told) with
# that kernel at a time. HVLENS_PATIENCE of the environment is the factor if it is set. Else the factor follows
# from the load of this machine and from the kernel.
patience()
{
	local cores factor

	if [ -n "${HVLENS_PATIENCE:-}" ]; then
		[[ $HVLENS_PATIENCE =~ ^[1-9][0-9]*$ ]] || die "HVLENS_PATIENCE is no factor for time-outs: '$HVLENS_PATIENCE'"
		echo "$HVLENS_PATIENCE"
		return
	fi
	cores=$(nproc)
	# Each host has two emulated CPUs. Each of these, and each other process that runs, needs a core.
	factor=$(((2 * ${2:-1} + $(cut -d . -f 1 /proc/loadavg) + cores - 1) / cores))
	echo $(((factor > 1 ? factor : 1) * $(patience_of_kernel "$1")))
}
