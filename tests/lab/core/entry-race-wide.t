#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# lab: machine=powernv9 kernel=64k smp=2 backend=ours+entry-delay timeout=200
# lab: machine=powernv8 kernel=64k smp=2 backend=ours+entry-delay timeout=200 rare=yes
#
# entry-race on a variant of the backend in which 200 us pass between the last look for requests and the guest
exec lab-entry-race 1000 20
