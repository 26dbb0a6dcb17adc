#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# lab: machine=powernv9 kernel=64k smp=2 backend=ours timeout=300 perf=yes
# lab: machine=powernv8 kernel=64k smp=2 backend=ours timeout=300 perf=yes rare=yes
exec "$(dirname "$0")/perf.sh" ours
