#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# scripts/lib-patience.sh: the factor for time-outs

# shellcheck disable=SC2034
CACHE=$(mktemp -d)
trap 'rm -rf "$CACHE"' EXIT
die() { echo "$1" >&2; exit 1; }
# shellcheck source=scripts/lib-patience.sh
. "$(dirname "$0")/../../scripts/lib-patience.sh"
mkdir "$CACHE"/kernel-{plain,checks}
echo '# CONFIG_KASAN is not set' >"$CACHE/kernel-plain/config"
echo 'CONFIG_PROVE_LOCKING=y' >"$CACHE/kernel-checks/config"
n=0 status=0

# check WHAT: prints a check for the status of the previous command
check()
{
	local result=$? ok=ok

	[ "$result" = 0 ] || ok="not ok" status=1
	echo "$ok $((++n)) - $1"
}

unset HVLENS_PATIENCE
[ "$(patience_of_kernel plain)" = 1 ] && [ "$(patience_of_kernel absent)" = 1 ]
check "a usual kernel"
[ "$(patience_of_kernel checks)" = 6 ]
check "a kernel that checks itself"
[ "$(patience plain 1000)" -gt "$(patience plain 1)" ]
check "more hosts at a time"
[ $(($(patience checks) % 6)) = 0 ] && [ "$(patience checks)" -gt 0 ]
check "both"
[ "$(HVLENS_PATIENCE=7 patience checks)" = 7 ]
check "HVLENS_PATIENCE is the factor"
! (HVLENS_PATIENCE=0 patience checks) 2>/dev/null && ! (HVLENS_PATIENCE=x patience checks) 2>/dev/null
check "which must be a number"
echo "1..$n"
exit $status
