/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef KVMLAT_OPTIONS_H
#define KVMLAT_OPTIONS_H

#include <linux/types.h>
#include <stdbool.h>
#include <stdint.h>
#include "kvmlat.h"

struct options {
	uint32_t vm;		/* HVLENS_ANY: all */
	uint32_t vcpu;		/* HVLENS_ANY: all */
	enum kvmlat_by by;
	uint32_t phases;	/* bits of enum hvlens_phase */
	bool json;
	bool histograms;
	uint64_t interval;	/* ns, 0: one report at the end */
	uint32_t count;		/* intervals, 0: no limit */
	char **command;		/* NULL: none */
};

/* Exits with a message and STATUS_USAGE if they are wrong. */
void options_parse(int argc, char **argv, struct options *options);

#endif
