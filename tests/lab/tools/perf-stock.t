#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# lab: machine=powernv9 kernel=64k smp=2 backend=stock timeout=300 perf=yes
exec "$(dirname "$0")/perf.sh" stock
