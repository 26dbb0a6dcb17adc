/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef KVMEXIT_TOP_OPTIONS_H
#define KVMEXIT_TOP_OPTIONS_H

#include <linux/types.h>
#include <stdbool.h>
#include <stdint.h>
#include "columns.h"

enum form { FORM_AUTO, FORM_BATCH, FORM_JSON };

struct options {
	uint32_t vm;		/* HVLENS_ANY: all */
	uint32_t vcpu;		/* HVLENS_ANY: all */
	struct sorting sorting;
	enum form form;
	uint64_t interval;	/* ns */
	uint32_t count;		/* intervals, 0: no limit */
};

/* Exits with a message and STATUS_USAGE if they are wrong. */
void options_parse(int argc, char **argv, struct options *options);

#endif
