/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A log-linear histogram of 64-bit values.
 *
 * Each value below HVLENS_HIST_SUBS has its own bucket.  Above, each octave (from a power of two
 * to the next) is divided into HVLENS_HIST_SUBS buckets of equal width w.  The lower bound of a
 * bucket is at least HVLENS_HIST_SUBS * w, and its middle is off by at most w / 2.  So the error is
 * at most 1/64 (1.6 %) of any value in the bucket.
 *
 * Values from HVLENS_HIST_LIMIT on (134 s in ticks of 512 MHz) share the last bucket.
 *
 * Tools that keep many histograms use fewer buckets per octave.  The functions whose names end in
 * _of take the logarithm of that number as an argument.
 *
 * The code assumes only the types __u32 and __u64.
 */
#ifndef HVLENS_HIST_H
#define HVLENS_HIST_H

#define HVLENS_HIST_SUB_BITS	5
#define HVLENS_HIST_SUBS	(1u << HVLENS_HIST_SUB_BITS)
#define HVLENS_HIST_BITS	36
#define HVLENS_HIST_LIMIT	(1ull << HVLENS_HIST_BITS)
#define HVLENS_HIST_BUCKETS	\
	((HVLENS_HIST_BITS - HVLENS_HIST_SUB_BITS + 1) << HVLENS_HIST_SUB_BITS)

/* The exponent of the highest bit of @value, which must not be 0 */
static inline __u32 hvlens_log2(__u64 value)
{
	return 63 - __builtin_clzll(value);
}

/* Bucket of @value with 2^@sub_bits buckets per octave, without an upper limit */
static inline __u32 hvlens_hist_index_of(__u64 value, __u32 sub_bits)
{
	__u32 octave;

	if (value < 1ull << sub_bits)
		return value;
	octave = hvlens_log2(value) - sub_bits;
	return ((octave + 1) << sub_bits) + ((value >> octave) & ((1u << sub_bits) - 1));
}

/* Lowest value of bucket @index */
static inline __u64 hvlens_hist_lower_of(__u32 index, __u32 sub_bits)
{
	__u32 octave = index >> sub_bits;
	__u64 sub = index & ((1u << sub_bits) - 1);

	return octave ? ((1ull << sub_bits) + sub) << (octave - 1) : sub;
}

/* The middle of bucket @index, which stands for all of its values */
static inline __u64 hvlens_hist_middle_of(__u32 index, __u32 sub_bits)
{
	__u64 low = hvlens_hist_lower_of(index, sub_bits);

	return low + (hvlens_hist_lower_of(index + 1, sub_bits) - 1 - low) / 2;
}

/* Bucket of @value: 0 to HVLENS_HIST_BUCKETS - 1 */
static inline __u32 hvlens_hist_index(__u64 value)
{
	if (value >= HVLENS_HIST_LIMIT)
		return HVLENS_HIST_BUCKETS - 1;
	return hvlens_hist_index_of(value, HVLENS_HIST_SUB_BITS);
}

/* Lowest value of bucket @index; HVLENS_HIST_LIMIT for the index after the last one */
static inline __u64 hvlens_hist_lower(__u32 index)
{
	return hvlens_hist_lower_of(index, HVLENS_HIST_SUB_BITS);
}

static inline __u64 hvlens_hist_middle(__u32 index)
{
	return hvlens_hist_middle_of(index, HVLENS_HIST_SUB_BITS);
}

#endif /* HVLENS_HIST_H */
