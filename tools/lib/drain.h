/* SPDX-License-Identifier: GPL-2.0-only */
/* Reads the rings that the BPF programs fill (bpf/ring.h), while they fill them. */
#ifndef HVLENS_DRAIN_H
#define HVLENS_DRAIN_H

#include <linux/types.h>
#include <stddef.h>
#include <stdint.h>
#include "ring.h"

/* All rings together have at most that many records, which take 16 MB. */
#define RINGS_RECORDS	65536u

struct rings {
	const void *base;	/* the map's memory: one ring after the other */
	uint32_t cpus;
	uint32_t slots;		/* of each ring, a power of 2 */
	uint64_t *tail;		/* of each ring, the number of the next record to read */
	uint64_t lost;		/* records that were overwritten before they were read */
};

/* Bytes of a ring */
size_t ring_bytes(uint32_t slots);
/*
 * The number of slots of each ring, for @cpus rings that take at most 1/64 of @memory, bytes.
 * At least 32: a small host with that many CPUs does not exist.
 */
uint32_t ring_slots(uint32_t cpus, uint64_t memory);

/* 0 or -ENOMEM */
int rings_init(struct rings *rings, const void *base, uint32_t cpus, uint32_t slots);
void rings_free(struct rings *rings);

/*
 * Gives each entry whose T6 is before @until to @take, in order for each CPU.  The others stay.
 * 0 or the first value other than 0 that @take returned.
 */
int rings_drain(struct rings *rings, uint64_t until,
		int (*take)(const struct hvlens_exit *rec, uint32_t cpu, void *arg), void *arg);

#endif
