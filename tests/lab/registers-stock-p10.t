#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# lab: machine=powernv10 kernel=64k smp=2 backend=stock
exec sh "$(dirname "$0")/registers.sh" powernv10 stock
