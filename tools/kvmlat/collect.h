/* SPDX-License-Identifier: GPL-2.0-only */
/* From kvmlat's BPF program into its model. */
#ifndef KVMLAT_COLLECT_H
#define KVMLAT_COLLECT_H

#include "model.h"
#include "options.h"
#include "source.h"

struct collect {
	struct source source;
	struct kvmlat_bpf *skeleton;
	const struct options *options;
};

/* Says what is wrong on stderr. */
enum status collect_open(struct collect *collect, const struct options *options);
/* Adds what came since the last call to @model.  0 or -errno */
int collect_read(struct collect *collect, struct model *model);
/* Stops counting; the rest can be read once more. */
void collect_stop(struct collect *collect);
void collect_close(struct collect *collect);

#endif
