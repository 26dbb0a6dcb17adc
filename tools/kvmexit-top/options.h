/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef KVMEXIT_TOP_OPTIONS_H
#define KVMEXIT_TOP_OPTIONS_H

#include <linux/types.h>
#include <stdbool.h>
#include <stdint.h>
#include "columns.h"
#include "filter.h"

enum form { FORM_AUTO, FORM_BATCH, FORM_JSON };

struct options {
	struct hvlens_filter filter;
	enum by by;
	struct sorting sorting;
	bool saved_sorting;	/* from the saved settings, not from the command line */
	struct column_list columns;	/* empty: the default of the form */
	enum form form;
	bool no_colour;
	uint64_t interval;	/* ns */
	uint32_t count;		/* intervals, 0: no limit */
};

/* Ends the program with a message and STATUS_USAGE if the options are wrong. */
void options_parse(int argc, char **argv, struct options *options);

#endif
