// SPDX-License-Identifier: GPL-2.0-only
/*
 * bench-drain: reads the full rings of a host with 2,048 CPUs, on which 10,000 vCPUs have moved
 * from CPU to CPU and have exited for a hundred reasons and hypercalls, as both tools do. Prints
 * how many records were counted and lost, how much memory that takes, and, for the reader, the
 * processor time in ms.
 */
#include <linux/types.h>
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include "drain.h"
#include "filter.h"
#include "fold.h"
#include "kvmexit-top/model.h"

#define CPUS	2048u
#define VCPUS	10000u
#define REASONS	100u

/* kvmlat's model has the same names. */
int lat_init(void);
part_fn lat_take;
void lat_report(size_t *rows, uint64_t *times);

static const uint32_t traps[] = {
#define HVLENS_EXIT(trap, symbol, name, class, help)	trap,
#include <hvlens/exit_reasons.def>
#undef HVLENS_EXIT
};

static const uint64_t hcalls[] = {
#define HVLENS_HCALL(number, symbol, name)	number,
#include <hvlens/hcalls.def>
#undef HVLENS_HCALL
};

#define TRAPS	(sizeof(traps) / sizeof(*traps))

/* Reason number @i: a trap that is no hypercall, or a hypercall */
static uint32_t trap_of(uint32_t i)
{
	return i < TRAPS && traps[i] != 0xc00 ? traps[i] : 0xc00;
}

static uint64_t hcall_of(uint32_t i)
{
	return hcalls[i % (sizeof(hcalls) / sizeof(*hcalls))];
}

static double ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
	return now.tv_sec * 1e3 + now.tv_nsec / 1e6;
}

static uint64_t seqs[VCPUS];
static uint32_t last_reason[VCPUS];

/* The next exit of @vcpu at @now; its phases take 1 to 2 us, one in a hundred up to 1 ms */
static void make_record(struct hvlens_exit *rec, uint32_t vcpu, uint32_t cpu, uint64_t now)
{
	static uint64_t random = 1;
	uint32_t reason = (seqs[vcpu] * 7 + vcpu) % REASONS;
	uint64_t step;

	random = random * 6364136223846793005ull + 1442695040888963407ull;
	step = 512 + (random >> 40) % 512 + (random >> 58 ? 0 : (random >> 32) % 524288);
	*rec = (struct hvlens_exit){
		.version = HVLENS_EXIT_VERSION, .size = sizeof(*rec), .vm = 1000 + vcpu / 8,
		.vcpu_id = vcpu % 8, .vcpu_index = vcpu, .cpu = cpu, .end_cpu = cpu,
		.trap = trap_of(reason), .seq = ++seqs[vcpu], .hcall = hcall_of(reason),
		.flags = trap_of(reason) == 0xc00 ? HVLENS_F_HCALL : 0,
		.outcome = HVLENS_OUTCOME_RESUME, .prev_outcome = HVLENS_OUTCOME_RESUME,
		.prev_trap = trap_of(last_reason[vcpu]), .prev_hcall = hcall_of(last_reason[vcpu]),
		.ri_entry = 500, .ri_exit = 500,
		.t0 = now, .t1 = now + step, .t2 = now + 2 * step, .t3 = now + 9 * step,
		.t4 = now + 10 * step, .t5 = now + 11 * step, .t6 = now + 12 * step,
		.prev_t3 = now - step, .prev_t6 = now - 1,
	};
	last_reason[vcpu] = reason;
}

/* Fills the ring of each CPU once, but for the place that is always given up. */
static void fill(char *memory, uint32_t slots)
{
	static uint64_t now = 1ull << 40;

	for (uint32_t i = 0; i < slots - 1; i++) {
		for (uint32_t cpu = 0; cpu < CPUS; cpu++) {
			struct hvlens_ring *ring = (void *)(memory + cpu * ring_bytes(slots));
			uint32_t vcpu = (cpu * 5 + i * 773 + now / 1000003) % VCPUS;

			make_record(&ring->slots[ring->head++ & (slots - 1)].rec, vcpu, cpu,
				    now += 1000);
		}
	}
}

struct host {
	char *memory;
	struct rings rings;
	struct fold fold;
	struct counts counts;
};

/* ms that it takes to count all that is in the rings */
static double drain(struct host *host)
{
	double begin = ms();

	fill(host->memory, host->rings.slots);
	begin = ms();
	if (rings_drain(&host->rings, ~0ull, fold_entry, &host->fold) || fold_flush(&host->fold))
		exit(1);
	return ms() - begin;
}

static void open_host(struct host *host, part_fn *take, void *arg)
{
	uint32_t slots = ring_slots(CPUS, 1ull << 42);

	memset(seqs, 0, sizeof(seqs));
	memset(host, 0, sizeof(*host));
	host->memory = calloc(CPUS, ring_bytes(slots));
	if (!host->memory || rings_init(&host->rings, host->memory, CPUS, slots))
		exit(1);
	counts_init(&host->counts);
	host->fold = (struct fold){
		.filter = &filter_all, .counts = &host->counts, .take = take, .arg = arg,
	};
}

static void close_host(struct host *host)
{
	rings_free(&host->rings);
	counts_free(&host->counts);
	free(host->memory);
}

static uint64_t heap(void)
{
	struct mallinfo2 info = mallinfo2();

	return info.uordblks + info.hblkhd;
}

static void with_top(void)
{
	const struct window_facts window = { .ns = 1000000000 };
	struct model model;
	struct host host;
	uint64_t before = heap(), exits = 0;
	double took[4], rows;

	model_init(&model, BY_VM);
	open_host(&host, model_take, &model);
	for (int i = 0; i < 4; i++) {
		took[i] = drain(&host);
		model_clear(&model);
		rows = ms();
		if (model_window(&model, &window))
			exit(1);
		rows = ms() - rows;
	}
	for (size_t i = 0; i < model.rows.count; i++)
		exits += ((struct row *)model.rows.rows[i])->exits;
	printf("kvmexit-top reads in %.1f ms at first, then in %.1f ms, and makes rows in %.1f ms\n",
	       took[0], took[3], rows);
	printf("top records: %zu\ntop exits: %llu\ntop entries: %zu\ntop lost: %llu\n"
	       "top bytes: %llu\nrows: %zu\n", (size_t)CPUS * (host.rings.slots - 1),
	       (unsigned long long)exits, model.entries.count, (unsigned long long)host.rings.lost,
	       (unsigned long long)(heap() - before), model.rows.count);
	model_free(&model);
	close_host(&host);
}

static void with_lat(void)
{
	uint64_t before = heap(), times;
	struct host host;
	double took[4];
	size_t rows;

	if (lat_init())
		exit(1);
	open_host(&host, lat_take, NULL);
	for (int i = 0; i < 4; i++)
		took[i] = drain(&host);
	printf("kvmlat by vCPU reads in %.1f ms at first, then in %.1f ms\n", took[0], took[3]);
	lat_report(&rows, &times);
	printf("lat records: %zu\nlat times: %llu\nlat lost: %llu\nlat bytes: %llu\nlat rows: %zu\n",
	       4 * (size_t)CPUS * (host.rings.slots - 1), (unsigned long long)times,
	       (unsigned long long)host.rings.lost, (unsigned long long)(heap() - before), rows);
	close_host(&host);
}

int main(void)
{
	printf("CPUs: %u\nring bytes: %zu\n", CPUS,
	       CPUS * ring_bytes(ring_slots(CPUS, 1ull << 42)));
	with_top();
	with_lat();
	return 0;
}
