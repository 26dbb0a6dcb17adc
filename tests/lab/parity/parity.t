#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# lab: machine=powernv9 kernel=64k smp=2 backend=none timeout=180
# lab: machine=powernv8 kernel=64k smp=2 backend=none timeout=180
# lab: machine=powernv9 kernel=4k smp=2 backend=none timeout=180
# lab: machine=powernv10 kernel=64k smp=2 backend=none timeout=180
# lab: machine=powernv10 kernel=4k smp=2 backend=none timeout=180
# Whatever a VMM or a guest asks, ours answers as the stock backend does, or docs/parity.md
# says why not. A listed difference that is gone fails as well.
exec sh "$(dirname "$0")/parity.sh" /usr/bin/lab-probe-*
