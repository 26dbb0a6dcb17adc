#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# lab: machine=powernv9 kernel=64k smp=2 backend=none timeout=180
# lab: machine=powernv8 kernel=64k smp=2 backend=none timeout=180
# lab: machine=powernv9 kernel=4k smp=2 backend=none timeout=180
# lab: machine=powernv10 kernel=64k smp=2 backend=none timeout=180
# lab: machine=powernv10 kernel=4k smp=2 backend=none timeout=180
# This backend gives each answer to a VMM or a guest that the stock backend gives, or docs/parity.md says why
# not. The test also fails when a listed difference no longer exists.
exec sh "$(dirname "$0")/parity.sh" /usr/bin/lab-probe-*
