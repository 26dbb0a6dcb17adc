/* SPDX-License-Identifier: GPL-2.0-only */
/* The options of both tools that select exits. */
#ifndef HVLENS_FILTER_H
#define HVLENS_FILTER_H

#include <argp.h>
#include <linux/types.h>
#include <stdbool.h>
#include <stdint.h>
#include "window.h"

extern const struct hvlens_filter filter_all;

/* A child parser for argp; its input is the struct hvlens_filter to fill. */
extern const struct argp filter_argp;

/* The set has the one value @value. */
struct hvlens_set filter_only(uint64_t value);

bool filter_selects(const struct hvlens_filter *filter, const struct hvlens_key *key);

/* "pid 4711, reason !hdec,hvirt", or "" if @filter passes all exits */
#define FILTER_TEXT_SIZE	512
char *filter_text(char buf[FILTER_TEXT_SIZE], const struct hvlens_filter *filter);

#endif
