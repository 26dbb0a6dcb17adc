/* SPDX-License-Identifier: GPL-2.0-only */
/* Arithmetic of the table's stream; tests/unit/test-hash-chunk.c compiles it, too. */
#ifndef HVLENS_HASH_CHUNK_H
#define HVLENS_HASH_CHUNK_H

#include <linux/types.h>

/*
 * hash_chunk_fits - are all entries of a chunk in the table?
 * @index: the chunk's first entry
 * @valid, @invalid: how many entries it has, see struct kvm_get_htab_header
 * @entries: of the table, at most 2^42
 *
 * The largest table has more than 2^32 entries, so a sum of 32 bits could wrap.
 */
static inline bool hash_chunk_fits(__u32 index, __u16 valid, __u16 invalid, __u64 entries)
{
	return (__u64)index + valid + invalid <= entries;
}

#endif /* HVLENS_HASH_CHUNK_H */
