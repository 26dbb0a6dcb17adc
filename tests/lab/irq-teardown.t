#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# lab: machine=powernv9 kernel=64k smp=2 backend=ours device=edu timeout=300
# lab: machine=powernv9 kernel=4k smp=2 backend=ours device=edu timeout=300
# lab: machine=powernv10 kernel=64k smp=2 backend=ours device=edu timeout=300
# lab: machine=powernv8 kernel=64k smp=2 backend=ours device=edu timeout=300
exec lab-irq-teardown
