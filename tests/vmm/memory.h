/* SPDX-License-Identifier: GPL-2.0-only */
/* What the host's kernel reports about a VM's memory */
#ifndef TESTS_MEMORY_H
#define TESTS_MEMORY_H

#include "vmm.h"

/* A figure of the VM's in debugfs; -1 if it is not there */
long vm_stat(struct vm *vm, const char *name);

/* Bits of a leaf of the partition-scoped tree (Power ISA) */
#define LEAF_ADDRESS	0x01fffffffffff000ull
#define LEAF_REFERENCED	0x100ull
#define LEAF_CHANGED	0x080ull
#define LEAF_ATTRIBUTES	0x030ull
#define LEAF_CACHED	0x000ull	/* normal memory */
#define LEAF_IO		0x020ull	/* non-idempotent I/O */
#define LEAF_READ	0x004ull
#define LEAF_WRITE	0x002ull
#define LEAF_EXECUTE	0x001ull

struct leaf {
	u64 gpa;		/* where it begins */
	u64 entry;
	unsigned int shift;	/* log2 of its size in bytes */
};

/* The leaf that maps @gpa; false: there is none.  Takes a while in a large VM. */
bool vm_leaf(struct vm *vm, u64 gpa, struct leaf *leaf);

/*
 * The leaves that begin in [@gpa, @gpa + @size), in order.  Returns their number; stores the
 * first @max.
 */
unsigned int vm_leaves(struct vm *vm, u64 gpa, u64 size, struct leaf *leaves, unsigned int max);

/* How many of them are of 2^@shift bytes */
unsigned int vm_leaves_of(struct vm *vm, u64 gpa, u64 size, unsigned int shift);

/* Entry @index of the hash table, as the backend's file has it; false: there is none */
bool vm_hpte(struct vm *vm, u64 index, u64 e[2], bool *valid);

#endif
