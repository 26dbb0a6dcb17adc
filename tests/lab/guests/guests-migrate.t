#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# lab: machine=powernv9 kernel=64k smp=2 backend=ours timeout=900 guest=yes
# lab: machine=powernv9 kernel=64k smp=2 backend=ours timeout=900 guest=yes mmu=hash
exec sh "$(dirname "$0")/guests-migrate.sh" 32 ours live ours
