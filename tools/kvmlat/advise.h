/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * kvmlat advise: sums of each VM's exits, and the rules that find what is wrong with them.
 */
#ifndef KVMLAT_ADVISE_H
#define KVMLAT_ADVISE_H

#include "emit.h"
#include "filter.h"
#include "fold.h"
#include "heading.h"
#include "table.h"
#include "vcpus.h"

struct advise {
	const char *root;	/* before the paths of files; "" */
	struct vcpu_window *vcpus;	/* of the window that has not ended */
	size_t vcpu_count, vcpu_room;
	/* the rest belongs to advise.c */
	struct table exits;	/* by VM, reason and hypercall */
	struct table vms;
	uint64_t window_ns;	/* of all windows */
	bool no_memory;
};

/* What a rule measures of the exits that it is about, or of the whole VM */
enum measure {
	MEASURE_NONE,
	MEASURE_RATE,		/* exits of the VM per second */
	MEASURE_VCPU_RATE,	/* exits of each vCPU per second */
	MEASURE_SHARE,		/* per mille of the vCPUs' time in the phases */
	MEASURE_OF_ROUNDTRIP,	/* per mille of the round trips' time in the phases */
	MEASURE_MEAN,		/* ns of the phases for each exit */
	MEASURE_LONGEST,	/* ns of the longest time without recovery */
	MEASURE_WAIT,		/* per mille of the vCPUs' time waiting for a host CPU */
};

struct bound {
	enum measure measure;
	uint32_t phases;	/* bits of enum hvlens_phase */
	uint64_t limit;		/* at least this, or */
	bool at_most;
	const char *seen;	/* the evidence, behind the number; NULL: is not told */
};

/* A file of the host that has a text */
struct fact {
	const char *file;
	const char *has;
	const char *says;	/* the evidence */
};

#define RULE_BOUNDS	3
#define RULE_FACTS	2

struct rule {
	const char *name;
	struct hvlens_filter exits;		/* that it is about */
	struct bound bounds[RULE_BOUNDS];	/* all must hold */
	uint32_t mostly;			/* phases by which the largest reason is told */
	struct fact facts[RULE_FACTS];		/* are told if they hold */
	bool needs_facts;			/* all of them */
	const char *means;
	const char *advice;
};

extern const struct rule rules[];
extern const size_t rule_count;

struct finding {
	const struct rule *rule;
	uint32_t vm;
	char evidence[512];
};

void advise_init(struct advise *advise);
void advise_free(struct advise *advise);
/* Forgets all that was taken. */
void advise_clear(struct advise *advise);

/* Sums of exits; ticks are those of enum hvlens_phase */
struct advise_sums {
	uint64_t exits;
	uint64_t ticks[HVLENS_PHASE_MAX];
	uint64_t norecover_max;		/* ticks */
};

/* 0 or -ENOMEM */
int advise_take(struct advise *advise, const struct hvlens_key *key,
		const struct advise_sums *sums);
/* The same for a part of an exit, as the source gives it */
int advise_take_part(const struct part *part, void *advise);
/* vcpus_close_window() calls it for each vCPU.  Its wait may be set in advise->vcpus later. */
void advise_take_vcpu(const struct vcpu_window *vcpu, void *advise);
/* A window of @ns has ended.  0 or -ENOMEM */
int advise_window(struct advise *advise, uint64_t ns);

/* Calls @found for each finding, by VM. */
void advise_each(struct advise *advise, const struct source_facts *source,
		 void (*found)(const struct finding *finding, void *arg), void *arg);

#endif
