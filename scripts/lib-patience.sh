# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# How much longer than on an idle machine things may take before they are said to hang.

# patience KERNEL [HOSTS]: prints the factor for all time-outs, a whole number, when so many
# emulated hosts (1 unless told) with that kernel run at a time. HVLENS_PATIENCE of the
# environment if that is set; or else what the load of this machine asks for, times 6 for a kernel
# that checks itself.
patience()
{
	local cores factor

	if [ -n "${HVLENS_PATIENCE:-}" ]; then
		[[ $HVLENS_PATIENCE =~ ^[1-9][0-9]*$ ]] || die "HVLENS_PATIENCE is no factor for time-outs: '$HVLENS_PATIENCE'"
		echo "$HVLENS_PATIENCE"
		return
	fi
	cores=$(nproc)
	# Two emulated CPUs in each host, and whatever runs beside them, want a core each.
	factor=$(((2 * ${2:-1} + $(cut -d . -f 1 /proc/loadavg) + cores - 1) / cores))
	if grep -q -s -E '^CONFIG_(KASAN|PROVE_LOCKING)=y' "$CACHE/kernel-$1/config"; then
		factor=$((factor * 6))
	fi
	echo $((factor > 1 ? factor : 1))
}
