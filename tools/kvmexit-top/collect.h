/* SPDX-License-Identifier: GPL-2.0-only */
/* From kvmexit-top's BPF program into its model. */
#ifndef KVMEXIT_TOP_COLLECT_H
#define KVMEXIT_TOP_COLLECT_H

#include "model.h"
#include "options.h"
#include "source.h"

struct collect {
	struct source source;
	struct kvmexit_top_bpf *skeleton;
	const struct options *options;
};

/* Says what is wrong on stderr. */
enum status collect_open(struct collect *collect, const struct options *options);
/* Ends the window and puts it into @model.  0 or -errno */
int collect_read(struct collect *collect, struct model *model);
void collect_close(struct collect *collect);

#endif
