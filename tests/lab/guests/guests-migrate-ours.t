#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# lab: machine=powernv9 kernel=64k smp=2 backend=ours timeout=1200 guest=yes rare=yes
# lab: machine=powernv9 kernel=64k smp=2 backend=ours timeout=1200 guest=yes mmu=hash rare=yes
exec sh "$(dirname "$0")/guests-migrate.sh" 48 ours live ours live stock stopped ours
