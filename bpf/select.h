/* SPDX-License-Identifier: GPL-2.0-only */
/* Which exits are selected.  The BPF programs and user space decide it by the same functions. */
#ifndef HVLENS_SELECT_H
#define HVLENS_SELECT_H

/* The exit is not a hypercall. */
#define HVLENS_HCALL_NONE	(~1ull)

#define HVLENS_SET_SIZE	8

/* Values of a property that are selected, or that are not; an empty set selects all values. */
struct hvlens_set {
	__u32 count;
	__u32 negated;		/* all values but these are selected */
	__u64 values[HVLENS_SET_SIZE];
};

/* An exit has to be selected by each set.  All 0: all exits */
struct hvlens_filter {
	struct hvlens_set vm;
	struct hvlens_set vcpu;
	struct hvlens_set cpu;	/* on which the exit was handled */
	struct hvlens_set trap;
	struct hvlens_set hcall;
};

static inline __attribute__((always_inline))
_Bool hvlens_set_lists(const volatile struct hvlens_set *set, __u64 value)
{
	for (__u32 i = 0; i < HVLENS_SET_SIZE && i < set->count; i++) {
		if (set->values[i] == value)
			return 1;
	}
	return 0;
}

static inline __attribute__((always_inline))
_Bool hvlens_set_selects(const volatile struct hvlens_set *set, __u64 value)
{
	return !set->count || hvlens_set_lists(set, value) != !!set->negated;
}

#endif /* HVLENS_SELECT_H */
