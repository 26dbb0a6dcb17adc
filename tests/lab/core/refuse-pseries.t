#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# lab: machine=pseries kernel=64k smp=1 backend=none
exec sh "$(dirname "$0")/refuse.sh" "a guest (pseries)" "hypervisor"
