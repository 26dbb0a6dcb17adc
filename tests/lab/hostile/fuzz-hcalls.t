#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# lab: machine=powernv9 kernel=64k smp=2 backend=none timeout=600
# lab: machine=powernv10 kernel=64k smp=2 backend=none timeout=600
# lab: machine=powernv8 kernel=64k smp=2 backend=none timeout=600
set -- lab-fuzz-hcalls 8000
# shellcheck source=tests/lab/hostile/fuzz.sh
. /lab/fuzz.sh
