/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef KVMEXIT_TOP_RUN_H
#define KVMEXIT_TOP_RUN_H

#include "options.h"

/* Measures and shows until the end.  Returns the exit status. */
int run(const struct options *options);

#endif
