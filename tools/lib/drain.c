// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "drain.h"

/* Records that are copied before they are looked at.  They fit into a first-level cache. */
#define BATCH	32u

typedef int take_fn(const struct hvlens_exit *rec, uint32_t cpu, void *arg);

size_t ring_bytes(uint32_t slots)
{
	return sizeof(struct hvlens_ring) + (size_t)slots * HVLENS_SLOT_BYTES;
}

uint32_t ring_slots(uint32_t cpus, uint64_t memory)
{
	uint64_t records = memory / 64 / HVLENS_SLOT_BYTES;
	uint32_t slots = 32;

	if (records > RINGS_RECORDS)
		records = RINGS_RECORDS;
	while ((uint64_t)slots * 2 * cpus <= records)
		slots *= 2;
	return slots;
}

int rings_init(struct rings *rings, const void *base, uint32_t cpus, uint32_t slots)
{
	*rings = (struct rings){ .base = base, .cpus = cpus, .slots = slots };
	rings->tail = calloc(cpus, sizeof(*rings->tail));
	return rings->tail ? 0 : -ENOMEM;
}

void rings_free(struct rings *rings)
{
	free(rings->tail);
	*rings = (struct rings){ 0 };
}

/* Skips the records up to the number @first. */
static void skip(struct rings *rings, uint32_t cpu, uint64_t first)
{
	rings->lost += first - rings->tail[cpu];
	rings->tail[cpu] = first;
}

/*
 * The number of the first record that is whole if @head records have been written: the next
 * one may be half written, in the place of the oldest.
 */
static uint64_t first_whole(const struct rings *rings, uint64_t head)
{
	return head < rings->slots ? 0 : head - rings->slots + 1;
}

static int drain_ring(struct rings *rings, uint32_t cpu, uint64_t until, take_fn *take, void *arg)
{
	const struct hvlens_ring *ring =
		(const void *)((const char *)rings->base + cpu * ring_bytes(rings->slots));
	uint64_t head = __atomic_load_n(&ring->head, __ATOMIC_ACQUIRE);
	uint64_t *tail = &rings->tail[cpu], first, count;
	union hvlens_slot batch[BATCH];
	int err;

	while (*tail != head) {
		if (*tail < first_whole(rings, head))
			skip(rings, cpu, first_whole(rings, head));
		first = *tail;
		count = head - first < BATCH ? head - first : BATCH;
		for (uint64_t i = 0; i < count; i++)
			batch[i] = ring->slots[(first + i) & (rings->slots - 1)];

		/* Which of them were overwritten meanwhile? */
		__atomic_thread_fence(__ATOMIC_ACQUIRE);
		head = __atomic_load_n(&ring->head, __ATOMIC_ACQUIRE);
		if (first < first_whole(rings, head))
			skip(rings, cpu, first_whole(rings, head));
		for (; *tail < first + count; ++*tail) {
			const struct hvlens_exit *rec = &batch[*tail - first].rec;

			if (rec->t6 >= until)
				return 0;
			err = take(rec, cpu, arg);
			if (err)
				return err;
		}
	}
	return 0;
}

int rings_drain(struct rings *rings, uint64_t until, take_fn *take, void *arg)
{
	int err = 0;

	for (uint32_t cpu = 0; cpu < rings->cpus && !err; cpu++)
		err = drain_ring(rings, cpu, until, take, arg);
	return err;
}
