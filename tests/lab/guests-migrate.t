#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# lab: machine=powernv9 kernel=64k smp=2 backend=ours guest=yes timeout=300
# lab: machine=powernv9 kernel=64k smp=2 backend=ours guest=yes mmu=hash timeout=300
exec sh "$(dirname "$0")/guests-migrate.sh" 32 ours live ours
