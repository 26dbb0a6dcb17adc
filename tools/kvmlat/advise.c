// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "advise.h"
#include "histsum.h"
#include "names.h"

struct exits_row {
	struct exits_key {
		uint32_t vm;
		uint32_t trap;
		uint64_t hcall;
	} key;
	struct advise_sums sums;
};

struct vm_row {
	uint32_t vm;
	uint64_t time_ns;	/* of its vCPUs in all windows */
	uint64_t waited_ns;	/* of them: time for which the wait is known */
	uint64_t waited;	/* ticks */
};

static int compare_exits(const void *a, const void *b)
{
	const struct exits_key *x = a, *y = b;

	if (x->vm != y->vm)
		return x->vm < y->vm ? -1 : 1;
	if (x->trap != y->trap)
		return x->trap < y->trap ? -1 : 1;
	return (x->hcall > y->hcall) - (x->hcall < y->hcall);
}

static int compare_vms(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return (x > y) - (x < y);
}

void advise_init(struct advise *advise)
{
	*advise = (struct advise){
		.root = "",
		.exits = {
			.row_size = sizeof(struct exits_row),
			.key_size = sizeof(struct exits_key),
			.compare = compare_exits,
		},
		.vms = {
			.row_size = sizeof(struct vm_row),
			.key_size = sizeof(uint32_t),
			.compare = compare_vms,
		},
	};
}

void advise_free(struct advise *advise)
{
	advise_clear(advise);
	free(advise->vcpus);
}

void advise_clear(struct advise *advise)
{
	table_clear(&advise->exits);
	table_clear(&advise->vms);
	advise->window_ns = 0;
}

static void add(struct advise_sums *sum, const struct advise_sums *sums)
{
	sum->exits += sums->exits;
	for (int phase = 0; phase < HVLENS_PHASE_MAX; phase++)
		sum->ticks[phase] += sums->ticks[phase];
	if (sums->norecover_max > sum->norecover_max)
		sum->norecover_max = sums->norecover_max;
}

int advise_take(struct advise *advise, const struct hvlens_key *key,
		const struct advise_sums *sums)
{
	const struct exits_key of = { key->vm, key->trap, key->hcall };
	struct exits_row *row = table_row(&advise->exits, &of);

	if (!row)
		return -ENOMEM;
	add(&row->sums, sums);
	return 0;
}

int advise_take_part(const struct part *part, void *advise)
{
	struct advise_sums sums = { .exits = part->exits };

	for (uint32_t i = 0; i < part->count; i++) {
		const struct part_time *time = &part->times[i];

		sums.ticks[time->phase] = time->ticks;
		if (time->phase == HVLENS_PHASE_NORECOVER)
			sums.norecover_max = time->ticks;
	}
	return advise_take(advise, &part->key, &sums);
}

void advise_take_vcpu(const struct vcpu_window *vcpu, void *arg)
{
	struct advise *advise = arg;
	size_t room = advise->vcpu_room ? advise->vcpu_room * 2 : 64;
	struct vcpu_window *vcpus = advise->vcpus;

	if (advise->vcpu_count == advise->vcpu_room) {
		vcpus = realloc(vcpus, room * sizeof(*vcpus));
		if (!vcpus) {
			advise->no_memory = true;
			return;
		}
		advise->vcpus = vcpus;
		advise->vcpu_room = room;
	}
	vcpus[advise->vcpu_count++] = *vcpu;
}

int advise_window(struct advise *advise, uint64_t ns)
{
	int err = advise->no_memory ? -ENOMEM : 0;

	for (size_t i = 0; i < advise->vcpu_count && !err; i++) {
		const struct vcpu_window *vcpu = &advise->vcpus[i];
		struct vm_row *row = table_row(&advise->vms, &vcpu->vm);

		if (!row) {
			err = -ENOMEM;
			break;
		}
		row->time_ns += ns;
		if (vcpu->waited_known) {
			row->waited_ns += ns;
			row->waited += vcpu->waited;
		}
	}
	advise->vcpu_count = 0;
	advise->window_ns += ns;
	return err;
}

/* What a rule looks at */
struct case_of {
	const struct advise *advise;
	const struct source_facts *source;
	const struct vm_row *vm;
	const struct rule *rule;
	struct advise_sums sums;	/* of the rule's exits */
	const struct exits_row *most;	/* the reason with the most of them */
	uint64_t most_weight, weight;
};

static uint64_t ticks_of(const struct advise_sums *sums, uint32_t phases)
{
	uint64_t ticks = 0;

	for (int phase = 0; phase < HVLENS_PHASE_MAX; phase++) {
		if (phases >> phase & 1)
			ticks += sums->ticks[phase];
	}
	return ticks;
}

static void sum_exits(struct case_of *c)
{
	for (size_t i = 0; i < c->advise->exits.count; i++) {
		const struct exits_row *row = c->advise->exits.rows[i];
		const struct hvlens_key key = {
			.vm = row->key.vm, .trap = row->key.trap, .hcall = row->key.hcall,
		};
		uint64_t weight = ticks_of(&row->sums, c->rule->mostly);

		if (row->key.vm != c->vm->vm || !filter_selects(&c->rule->exits, &key))
			continue;
		add(&c->sums, &row->sums);
		c->weight += weight;
		if (weight > c->most_weight) {
			c->most = row;
			c->most_weight = weight;
		}
	}
}

/* Both round down: a limit is reached or not. */
static uint64_t per_mille(uint64_t part, uint64_t whole)
{
	return whole ? (__uint128_t)part * 1000 / whole : 0;
}

static uint64_t per_second(uint64_t count, uint64_t ns)
{
	return ns ? (__uint128_t)count * 1000000000 / ns : 0;
}

/* false: this source does not measure it */
static bool measure(const struct case_of *c, const struct bound *bound, uint64_t *value)
{
	uint64_t ns = ticks_to_ns(ticks_of(&c->sums, bound->phases), c->source->hz);

	for (int phase = 0; phase < HVLENS_PHASE_MAX; phase++) {
		if (bound->phases >> phase & 1 && !source_measures(c->source, phase))
			return false;
	}
	switch (bound->measure) {
	case MEASURE_RATE:
		*value = per_second(c->sums.exits, c->advise->window_ns);
		return true;
	case MEASURE_VCPU_RATE:
		*value = per_second(c->sums.exits, c->vm->time_ns);
		return true;
	case MEASURE_SHARE:
		*value = per_mille(ns, c->vm->time_ns);
		return true;
	case MEASURE_OF_ROUNDTRIP:
		*value = per_mille(ns, ticks_to_ns(c->sums.ticks[HVLENS_PHASE_ROUNDTRIP],
						   c->source->hz));
		return true;
	case MEASURE_MEAN:
		*value = c->sums.exits ? ns / c->sums.exits : 0;
		return true;
	case MEASURE_LONGEST:
		*value = ticks_to_ns(c->sums.norecover_max, c->source->hz);
		/* A pause of the emulator looks the same. */
		return !c->source->emulated;
	default:
		*value = per_mille(ticks_to_ns(c->vm->waited, c->source->hz), c->vm->waited_ns);
		return c->vm->waited_ns;
	}
}

/* Appends @value, as its measure is told, to the evidence */
static void tell(FILE *evidence, const struct bound *bound, uint64_t value)
{
	char ns[FORMAT_NS_SIZE];

	if (ftell(evidence))
		fputs(", ", evidence);
	switch (bound->measure) {
	case MEASURE_RATE:
	case MEASURE_VCPU_RATE:
		fprintf(evidence, "%" PRIu64 " %s", value, bound->seen);
		break;
	case MEASURE_MEAN:
	case MEASURE_LONGEST:
		fprintf(evidence, "%s %s", format_ns(ns, value), bound->seen);
		break;
	default:
		fprintf(evidence, "%" PRIu64 ".%" PRIu64 " %% %s", value / 10, value % 10,
			bound->seen);
	}
}

static bool bounds_hold(const struct case_of *c, FILE *evidence)
{
	uint64_t value;

	for (size_t i = 0; i < RULE_BOUNDS && c->rule->bounds[i].measure; i++) {
		const struct bound *bound = &c->rule->bounds[i];

		if (!measure(c, bound, &value) ||
		    (bound->at_most ? value > bound->limit : value < bound->limit))
			return false;
		if (bound->seen)
			tell(evidence, bound, value);
	}
	return true;
}

static bool holds(const struct advise *advise, const struct fact *fact)
{
	char path[256], line[512];
	bool found = false;
	FILE *file;

	snprintf(path, sizeof(path), "%s%s", advise->root, fact->file);
	file = fopen(path, "re");
	while (file && !found && fgets(line, sizeof(line), file))
		found = strstr(line, fact->has);
	if (file)
		fclose(file);
	return found;
}

static bool facts_hold(const struct case_of *c, FILE *evidence)
{
	for (size_t i = 0; i < RULE_FACTS && c->rule->facts[i].file; i++) {
		if (holds(c->advise, &c->rule->facts[i]))
			fprintf(evidence, ", %s", c->rule->facts[i].says);
		else if (c->rule->needs_facts)
			return false;
	}
	return true;
}

static void tell_most(const struct case_of *c, FILE *evidence)
{
	char reason[REASON_NAME_SIZE];

	if (c->most)
		fprintf(evidence, ", %" PRIu64 " %% of that for %s",
			per_mille(c->most_weight, c->weight) / 10,
			reason_name(reason, c->most->key.trap, c->most->key.hcall));
}

static bool applies(struct case_of *c, struct finding *finding)
{
	FILE *evidence = fmemopen(finding->evidence, sizeof(finding->evidence), "w");
	bool found;

	if (!evidence)
		return false;
	sum_exits(c);
	found = bounds_hold(c, evidence) && facts_hold(c, evidence);
	if (found)
		tell_most(c, evidence);
	fclose(evidence);
	return found;
}

void advise_each(struct advise *advise, const struct source_facts *source,
		 void (*found)(const struct finding *finding, void *arg), void *arg)
{
	table_sort(&advise->vms);
	for (size_t i = 0; i < advise->vms.count; i++) {
		const struct vm_row *vm = advise->vms.rows[i];

		for (size_t rule = 0; rule < rule_count; rule++) {
			struct finding finding = { .rule = &rules[rule], .vm = vm->vm };
			struct case_of c = {
				.advise = advise, .source = source, .vm = vm, .rule = &rules[rule],
			};

			if (applies(&c, &finding))
				found(&finding, arg);
		}
	}
}
