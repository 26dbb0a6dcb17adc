// SPDX-License-Identifier: GPL-2.0-only
/* What attaching to a kernel would need, for sources of made-up numbers: there is nothing to do. */
#include "host.h"
#include "source.h"

int host_drop_privileges(void)
{
	return 0;
}

struct hvlens_trouble source_trouble(const struct source *source)
{
	(void)source;
	return (struct hvlens_trouble){ 0 };
}

int source_poll(struct source *source, struct counts *counts, void *arg)
{
	(void)source;
	(void)counts;
	(void)arg;
	return 0;
}

void source_detach(struct source *source)
{
	(void)source;
}

void source_close(struct source *source)
{
	(void)source;
}
