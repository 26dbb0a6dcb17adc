#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# lab: machine=powernv9 kernel=64k smp=2 backend=ours timeout=600
# lab: machine=powernv8 kernel=64k smp=2 backend=ours timeout=600 rare=yes
# This run has small guests, each with several VMs. "make soak" has Linux guests.
exec "$(dirname "$0")/soak.sh" 12 bench-exits
