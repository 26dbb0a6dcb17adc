/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef KVMLAT_OPTIONS_H
#define KVMLAT_OPTIONS_H

#include <linux/types.h>
#include <stdbool.h>
#include <stdint.h>
#include "filter.h"
#include "kvmlat.h"

struct options {
	struct hvlens_filter filter;
	enum kvmlat_by by;
	bool advise;		/* say what is wrong */
	uint32_t phases;	/* bits of enum hvlens_phase, 0: none */
	bool json;
	bool histograms;
	bool heat;
	bool ascii;
	uint64_t over;		/* ns, 0: print no slow exits */
	uint64_t interval;	/* ns, 0: one report at the end */
	uint32_t count;		/* intervals, 0: no limit */
	char **command;		/* NULL: none */
};

/* Ends the program with a message and STATUS_USAGE if the options are wrong. */
void options_parse(int argc, char **argv, struct options *options);

#endif
