// SPDX-License-Identifier: GPL-2.0-only
/* Two made-up slow exits for kvmlat --over: one has every field, the other no optional one. */
#include <errno.h>
#include "source.h"

/* Numbers with 64 bits show whether a reader of the output gets all of them. */
static struct hvlens_slow slow[] = {
	{
		.rec = {
			.version = HVLENS_EXIT_VERSION, .size = sizeof(struct hvlens_exit),
			.flags = HVLENS_F_HCALL | HVLENS_F_EA | HVLENS_F_GPA | HVLENS_F_DSISR |
				 HVLENS_F_RM | HVLENS_F_DERIVED,
			.vm = 4711, .vcpu_id = 3, .cpu = 17, .seq = 123456,
			.trap = 0xc00, .hcall = 0xe0,
			.nip = 0xc0000000000debc1, .msr = 0x8000000002803033,
			.fault_ea = 0xffffffffffffffff, .fault_gpa = 0x10000000fff1,
			.fault_dsisr = 0x40000000,
			.outcome = HVLENS_OUTCOME_BLOCK, .prev_outcome = HVLENS_OUTCOME_USER,
			.prev_trap = 0xe00, .prev_exit_reason = 6,
			.prev_hcall = 0x8000000000000001,
			.host_msr = 0x9000000000001031, .ri_entry = 40, .ri_exit = 50,
			.irq_before = 1, .irq_after = 5, .irq_replayed = 4,
			.rm_pending = 1, .rm_done = 1, .rm_target = 2, .rm_ticks = 90,
			.prev_t3 = 1000, .prev_t6 = 2000, .wake = 2500, .t0 = 3000, .t1 = 3100,
			.t2 = 3200, .t3 = 9000, .t4 = 9100, .t5 = 9200, .t6 = 90000,
		},
		.stack_size = 16,
		.stack = { 0xc000000000000110, 0xffffffffffffffff },
	}, {
		.rec = {
			.version = HVLENS_EXIT_VERSION, .size = sizeof(struct hvlens_exit),
			.vm = 5377, .trap = 0x5555, .t4 = 9100, .t5 = 9200, .t6 = 90000,
		},
		.stack_size = -EFAULT,
	},
};

static struct {
	int (*take)(void *arg, void *slow, size_t size);
	void *arg;
} reader;

int source_slow(struct source *source, int (*take)(void *arg, void *slow, size_t size), void *arg)
{
	(void)source;
	reader.take = take;
	reader.arg = arg;
	return 0;
}

/* They are read with the first window. */
int source_read_slow(struct source *source)
{
	int err = 0;

	(void)source;
	for (size_t i = 0; reader.take && i < sizeof(slow) / sizeof(*slow) && !err; i++)
		err = reader.take(reader.arg, &slow[i], sizeof(slow[i]));
	reader.take = NULL;
	return err;
}
