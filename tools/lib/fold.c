// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <string.h>
#include "fold.h"

#define TRAP_SYSCALL	0xc00

/* The numbers of hcalls.def are all below that. */
#define HCALLS		0x10000

/* All unknown numbers are one key.  Otherwise a guest could make up any number of rows. */
static uint64_t known_hcall(const struct fold *fold, uint32_t trap, uint64_t number)
{
	static const bool known[HCALLS] = {
#define HVLENS_HCALL(number, symbol, name) \
	[number] = true,
#include <hvlens/hcalls.def>
#undef HVLENS_HCALL
	};

	if (trap != TRAP_SYSCALL)
		return HVLENS_HCALL_NONE;
	if (hvlens_set_lists(&fold->filter->hcall, number) || (number < HCALLS && known[number]))
		return number;
	return HVLENS_HCALL_UNKNOWN;
}

/* Is the exit selected, apart from its vCPU, which the BPF programs have looked at? */
static bool selected(const struct hvlens_filter *filter, const struct hvlens_key *key)
{
	return hvlens_set_selects(&filter->cpu, key->cpu) &&
	       hvlens_set_selects(&filter->trap, key->trap) &&
	       hvlens_set_selects(&filter->hcall, key->hcall);
}

/* Sets *@ticks to the time from @begin to @end; false: one of the two was not taken */
static bool phase_ticks(struct fold *fold, uint64_t begin, uint64_t end, uint64_t *ticks)
{
	if (!begin || !end)
		return false;
	if (end < begin) {
		fold->backwards++;
		return false;
	}
	*ticks = end - begin;
	return true;
}

static void add_ticks(struct part *part, enum hvlens_phase phase, uint64_t ticks)
{
	part->times[part->count++] = (struct part_time){ phase, ticks };
}

static void add(struct fold *fold, struct part *part, enum hvlens_phase phase, uint64_t begin,
		uint64_t end)
{
	uint64_t ticks;

	if (phase_ticks(fold, begin, end, &ticks))
		add_ticks(part, phase, ticks);
}

/* Phases of the record's own exit */
static void add_phases(struct fold *fold, struct part *part, const struct hvlens_exit *rec)
{
#define PHASE(symbol, name, begin, end, help)				\
	add(fold, part, HVLENS_PHASE_##symbol, rec->begin, rec->end);
	HVLENS_PHASES(PHASE)
#undef PHASE
	if (rec->ri_entry + rec->ri_exit)
		add_ticks(part, HVLENS_PHASE_NORECOVER, rec->ri_entry + rec->ri_exit);
	if (rec->irq_replayed)
		add(fold, part, HVLENS_PHASE_DELAY, rec->t3, rec->t4);
	if (rec->flags & HVLENS_F_HCALL)
		add(fold, part, HVLENS_PHASE_HCALL, rec->t5, rec->t6);
	if (rec->rm_ticks)
		add_ticks(part, HVLENS_PHASE_COMPLETE, rec->rm_ticks);
}

/* Without numbers the record is one of the stock backend, see bpf/source.bpf.c. */
static bool is_stock(const struct hvlens_exit *rec)
{
	return !rec->seq;
}

/* Phases of the previous exit, which the record completes */
static void add_before(struct fold *fold, struct part *part, const struct hvlens_exit *rec)
{
	uint32_t outcome = rec->prev_outcome;
	uint64_t ticks;

	add(fold, part, HVLENS_PHASE_ROUNDTRIP, rec->prev_t3, rec->t2);
	if (is_stock(rec)) {
		/* a hypercall's time counts once the vCPU has entered again */
		if (part->count)
			add(fold, part, HVLENS_PHASE_HCALL, rec->prev_t3, rec->prev_t6);
		return;
	}
	if (outcome == HVLENS_OUTCOME_RESUME ||
	    !phase_ticks(fold, rec->prev_t6, rec->t0, &ticks))
		return;
	if (outcome == HVLENS_OUTCOME_USER)
		add_ticks(part, HVLENS_PHASE_USER, ticks);
	else if (outcome == HVLENS_OUTCOME_BLOCK)
		add_ticks(part, HVLENS_PHASE_BLOCK, ticks);
	add(fold, part, HVLENS_PHASE_WAKE, rec->wake, rec->t2);
}

/* @known: @done is valid */
static void count_complete(struct hvlens_completes *completes, uint32_t done, bool known,
			   uint64_t ticks)
{
	completes->calls++;
	completes->ticks += ticks;
	completes->untold += !known;
	if (!known)
		return;
#define ACTION(symbol, name, bit, help)					\
	if (done & (bit))						\
		completes->done[HVLENS_RM_##symbol]++;
	HVLENS_RM_ACTIONS(ACTION)
#undef ACTION
}

static void count_exit(struct fold *fold, struct hvlens_vcpu_stat *stat,
		       const struct hvlens_exit *rec, bool is_selected)
{
	uint32_t outcome = rec->prev_outcome;
	uint64_t ticks;

	if (!stat->exits) {
		stat->first_seq = rec->seq;
		stat->first_prev_t6 = is_stock(rec) ? 0 : rec->prev_t6;
		stat->first_prev_outcome = outcome;
	}
	stat->exits++;
	stat->selected += is_selected;
	if (is_stock(rec))
		return;
	if (is_selected && (!rec->t2 || !rec->t3))
		stat->borderless++;
	else if (is_selected && (rec->flags & HVLENS_F_DERIVED))
		stat->derived++;
	if (rec->rm_ticks)
		count_complete(&stat->completes, rec->rm_done, rec->flags & HVLENS_F_RM,
			       rec->rm_ticks);
	stat->last_seq = rec->seq;
	stat->last_t6 = rec->t6;
	stat->last_outcome = rec->outcome;
	if (outcome < HVLENS_OUTCOME_MAX && phase_ticks(fold, rec->prev_t6, rec->t0, &ticks))
		stat->outside[outcome] += ticks;
}

int fold_flush(struct fold *fold)
{
	if (!fold->pending)
		return 0;
	fold->pending = false;
	return counts_take(fold->counts, &fold->key, &fold->stat);
}

/* The counts of the record's vCPU on @cpu; NULL: no memory */
static struct hvlens_vcpu_stat *stat_of(struct fold *fold, const struct hvlens_exit *rec,
					uint32_t cpu)
{
	const struct hvlens_vcpu_key key = { .vm = rec->vm, .vcpu = rec->vcpu_id, .cpu = cpu };

	if (!fold->pending || memcmp(&key, &fold->key, sizeof(key))) {
		if (fold_flush(fold))
			return NULL;
		fold->key = key;
		memset(&fold->stat, 0, sizeof(fold->stat));
		fold->pending = true;
	}
	return &fold->stat;
}

static int fold_exit(struct fold *fold, const struct hvlens_exit *rec, uint32_t cpu)
{
	struct hvlens_vcpu_stat *stat = stat_of(fold, rec, cpu);
	struct part part;	/* its times are set as far as they are used */
	bool is_selected;
	int err = 0;

	if (!stat)
		return -ENOMEM;
	part.key = (struct hvlens_key){
		.vm = rec->vm,
		.vcpu = rec->vcpu_id,
		.cpu = cpu,
		.trap = rec->trap,
		.hcall = known_hcall(fold, rec->trap, rec->hcall),
	};
	part.exits = 1;
	part.replays = rec->irq_replayed != 0;
	part.count = 0;
	is_selected = selected(fold->filter, &part.key);
	count_exit(fold, stat, rec, is_selected);
	if (is_selected) {
		add_phases(fold, &part, rec);
		err = fold->take(&part, fold->arg);
	}
	part.key.trap = rec->prev_trap;
	part.key.hcall = known_hcall(fold, rec->prev_trap, rec->prev_hcall);
	part.exits = 0;
	part.replays = 0;
	part.count = 0;
	if (err || !selected(fold->filter, &part.key))
		return err;
	add_before(fold, &part, rec);
	return part.count ? fold->take(&part, fold->arg) : 0;
}

int fold_entry(const struct hvlens_exit *rec, uint32_t cpu, void *arg)
{
	struct hvlens_vcpu_stat *stat;
	struct fold *fold = arg;

	if (rec->version == HVLENS_EXIT_VERSION)
		return fold_exit(fold, rec, cpu);
	if (rec->version != HVLENS_ENTRY_ABORT && rec->version != HVLENS_ENTRY_COMPLETE) {
		fold->version++;
		return 0;
	}
	stat = stat_of(fold, rec, cpu);
	if (!stat)
		return -ENOMEM;
	if (rec->version == HVLENS_ENTRY_COMPLETE)
		count_complete(&stat->completes, rec->rm_done, rec->flags & HVLENS_F_RM, 0);
	else if (rec->outcome < HVLENS_ABORT_MAX)
		stat->aborts[rec->outcome]++;
	return 0;
}
