// SPDX-License-Identifier: GPL-2.0-only
/* Five VMs for the picture of kvmexit-top. */
#include "feed.h"
#include "picture.h"

/* Exits of a vCPU in a second, and its round trips in ns: the usual one and a rare one */
struct reason {
	uint32_t trap;
	uint64_t hcall;
	uint32_t exits;
	uint32_t usual, rare;
};

/* Times are per mille of a vCPU's second.  The rest is in the run loop between passes. */
static const struct vm {
	uint32_t vm;
	uint32_t vcpus;
	uint32_t guest, prepare, entry, exit, replay, handle, user, block;
	uint32_t wave;		/* per cent by which the exits vary from window to window */
	uint32_t aborts;
	struct reason reasons[4];
} vms[] = {
	{ 4711, 8, 701, 12, 18, 24, 31, 22, 12, 160, 70, 3, {
		{ 0xea0, HVLENS_HCALL_NONE, 610, 3900, 21000 },
		{ 0xc00, 0xe0, 380, 210000, 1400000 },
		{ 0x980, HVLENS_HCALL_NONE, 250, 4400, 61000 },
		{ 0xe80, HVLENS_HCALL_NONE, 95, 2900, 17000 } } },
	{ 4802, 4, 288, 7, 9, 13, 15, 14, 4, 640, 90, 1, {
		{ 0xc00, 0xe0, 640, 830000, 4100000 },
		{ 0xea0, HVLENS_HCALL_NONE, 220, 3700, 19000 },
		{ 0x980, HVLENS_HCALL_NONE, 250, 4100, 58000 } } },
	{ 4933, 4, 231, 6, 8, 11, 13, 12, 3, 710, 85, 0, {
		{ 0xc00, 0xe0, 520, 910000, 3900000 },
		{ 0xea0, HVLENS_HCALL_NONE, 180, 3800, 18000 },
		{ 0x980, HVLENS_HCALL_NONE, 250, 4200, 60000 } } },
	{ 5120, 16, 962, 1, 1, 2, 9, 15, 0, 0, 30, 0, {
		{ 0x980, HVLENS_HCALL_NONE, 250, 4300, 66000 },
		{ 0xe00, HVLENS_HCALL_NONE, 131, 8200, 240000 } } },
	{ 5377, 2, 84, 9, 11, 16, 6, 91, 388, 380, 60, 0, {
		{ 0xe00, HVLENS_HCALL_NONE, 1310, 41000, 3100000 },
		{ 0x980, HVLENS_HCALL_NONE, 250, 4000, 52000 } } },
};

static int give_reason(const struct source_program *program, void *arg, const struct vm *vm,
		       const struct hvlens_key *key, uint32_t at, uint64_t exits)
{
	const uint64_t per_mille = PICTURE_SECOND / 1000;
	const struct reason *reason = &vm->reasons[at];
	const uint64_t rare = exits / 40;
	const bool longest = rare && !key->vcpu;	/* one of the VM's takes twice as long */
	const struct {
		uint64_t count, ticks;
	} roundtrips[] = {
		{ exits - rare, reason->usual }, { rare - longest, reason->rare },
		{ longest, 2 * reason->rare },
	};
	struct feed value = {
		.exits = exits,
		.replays = reason->trap == 0xc00 || reason->trap == 0xe00 ? 0 : exits,
	};
	int err;

	if (!at) {
		value.ticks[HVLENS_PHASE_NORECOVER] = 1900;
		value.ticks[HVLENS_PHASE_GUEST] = vm->guest * per_mille;
		value.ticks[HVLENS_PHASE_PREPARE] = vm->prepare * per_mille;
		value.ticks[HVLENS_PHASE_ENTRY] = vm->entry * per_mille;
		value.ticks[HVLENS_PHASE_EXIT] = vm->exit * per_mille;
		value.ticks[HVLENS_PHASE_REPLAY] = vm->replay * per_mille;
		value.ticks[HVLENS_PHASE_HANDLE] = vm->handle * per_mille;
	}
	err = feed(program->take, arg, key, &value);
	for (size_t i = 0; i < sizeof(roundtrips) / sizeof(*roundtrips) && !err; i++)
		err = feed_times(program->take, arg, key, HVLENS_PHASE_ROUNDTRIP,
				 roundtrips[i].count, roundtrips[i].ticks);
	return err;
}

/* A zigzag between 100 - @wave and 100 per cent */
static uint64_t changed(uint64_t exits, const struct vm *vm, unsigned int window)
{
	static const uint32_t steps[] = { 4, 7, 2, 9, 5, 10, 3, 8, 6, 1, 7 };
	uint32_t step = steps[(window + vm->vm) % (sizeof(steps) / sizeof(*steps))];

	return exits * (1000 - vm->wave * step) / 1000;
}

static int give_vcpu(const struct source_program *program, struct counts *counts, void *arg,
		     const struct vm *vm, uint32_t vcpu, unsigned int window)
{
	const uint32_t cpu = (vm->vm + vcpu) % 32;
	const struct hvlens_vcpu_key vcpu_key = { .vm = vm->vm, .vcpu = vcpu, .cpu = cpu };
	struct hvlens_vcpu_stat stat = { 0 };
	int err = 0;

	for (uint32_t i = 0; i < 4 && vm->reasons[i].exits && !err; i++) {
		const struct hvlens_key key = {
			.vm = vm->vm, .vcpu = vcpu, .cpu = cpu,
			.trap = vm->reasons[i].trap, .hcall = vm->reasons[i].hcall,
		};
		uint64_t exits = changed(vm->reasons[i].exits, vm, window);

		stat.exits += exits;
		err = give_reason(program, arg, vm, &key, i, exits);
	}
	stat.selected = stat.exits;
	stat.aborts[HVLENS_ABORT_RESCHED] = vm->aborts;
	stat.outside[HVLENS_OUTCOME_RESUME] =
		(1000 - vm->guest - vm->prepare - vm->entry - vm->exit - vm->replay - vm->handle -
		 vm->user - vm->block) * (PICTURE_SECOND / 1000);
	stat.outside[HVLENS_OUTCOME_USER] = vm->user * (PICTURE_SECOND / 1000);
	stat.outside[HVLENS_OUTCOME_BLOCK] = vm->block * (PICTURE_SECOND / 1000);
	return err ? err : counts_take(counts, &vcpu_key, &stat);
}

int picture_window(const struct source_program *program, struct counts *counts, void *arg,
		   unsigned int window)
{
	int err = 0;

	for (size_t i = 0; i < sizeof(vms) / sizeof(*vms); i++) {
		for (uint32_t vcpu = 0; vcpu < vms[i].vcpus && !err; vcpu++)
			err = give_vcpu(program, counts, arg, &vms[i], vcpu, window);
	}
	return err;
}
