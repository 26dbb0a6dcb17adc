#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# lab: machine=powernv9 kernel=64k smp=2 backend=ours+entry-delay timeout=200
# lab: machine=powernv8 kernel=64k smp=2 backend=ours+entry-delay timeout=200 rare=yes
#
# entry-race with the window between the last look and the guest 200 us wide.
exec lab-entry-race 1000 20
