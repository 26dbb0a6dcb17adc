#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# lab: machine=powernv9 kernel=64k smp=2 backend=ours+early-test timeout=200
# lab: machine=powernv8 kernel=64k smp=2 backend=ours+early-test timeout=200 rare=yes
#
# This variant of the backend looks for requests before it disables interrupts. entry-race must detect that,
# for signals and for wake-ups.
lab-entry-race 1000 | sed 's/^\(ok\|not ok\)/# &/; s/^1\.\./# &/' | tee /tmp/early-test
n=0
for way in signals wake-ups; do
	n=$((n + 1))
	if grep -q "^# not ok .* $way: none is noticed only at a later exit" /tmp/early-test; then
		echo "ok $n - $way: found out"
	else
		echo "not ok $n - $way: found out"
	fi
done
echo "1..$n"
