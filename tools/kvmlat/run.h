/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef KVMLAT_RUN_H
#define KVMLAT_RUN_H

#include "options.h"

/* Measures and reports until the end.  Returns the exit status. */
int run(const struct options *options);

#endif
