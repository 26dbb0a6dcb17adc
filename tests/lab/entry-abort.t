#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# lab: machine=powernv9 kernel=64k smp=2 backend=ours+long-look timeout=200
# lab: machine=powernv8 kernel=64k smp=2 backend=ours+long-look timeout=200 rare=yes
exec lab-entry-abort
