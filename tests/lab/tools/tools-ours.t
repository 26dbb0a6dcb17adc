#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# lab: machine=powernv9 kernel=64k smp=2 backend=ours timeout=600
# lab: machine=powernv9 kernel=4k smp=2 backend=ours timeout=600
# lab: machine=powernv8 kernel=64k smp=2 backend=ours timeout=600 rare=yes
exec "$(dirname "$0")/tools.sh" ours
