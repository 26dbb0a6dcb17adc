// SPDX-License-Identifier: GPL-2.0-only
/*
 * A hash guest's segments (SLB) survive exits, and no guest sees those of another: hash and radix
 * guests take turns on the same CPUs.
 *
 * lab: machine=powernv9 kernel=64k smp=2 backend=ours quick=yes
 * lab: machine=powernv10 kernel=64k smp=2 backend=ours
 * lab: machine=powernv8 kernel=64k smp=2 backend=ours
 */
#define _GNU_SOURCE
#include <errno.h>
#include <pthread.h>
#include <string.h>
#include <unistd.h>

#include "host.h"
#include "hpte.h"
#include "remote.h"
#include "tap.h"

#define EA		0x10000000ull
#define DATA		(16ull << 20)
#define ROUNDS		30
#define SLB_VALID	0x08000000ull

/* All fields that an SLB entry can have, spread over 32 entries */
static void all_segments(u64 pairs[HPTE_SLB_ENTRIES][2], u64 salt)
{
	static const u64 flags[] = {
		0, SEGMENT_KS, SEGMENT_KP, SEGMENT_KS | SEGMENT_KP, 0x200 /* N */, SEGMENT_64K,
	};
	struct hpte_page page = { 0 };
	unsigned int i;

	for (i = 0; i < HPTE_SLB_ENTRIES; i++) {
		page.segment = flags[i % ARRAY_SIZE(flags)] | (i & 1 ? SEGMENT_1T : 0);
		page.ea = i & 1 ? (salt + i) << 40 : (salt + i) << 28;
		hpte_segment(&page, i, pairs[i]);
	}
}

/*
 * The processor's entry without the index, which slbmfee does not return. On POWER8 vmlinux's
 * real mode makes entries invalid (slbia); QEMU then leaves their contents.
 */
static unsigned int differing(u64 got[HPTE_SLB_ENTRIES][2], u64 want[HPTE_SLB_ENTRIES][2])
{
	const bool leftovers = host_isa() < 300;
	unsigned int i, n = 0;

	for (i = 0; i < HPTE_SLB_ENTRIES; i++) {
		if (leftovers && !((got[i][0] | want[i][0]) & SLB_VALID))
			continue;
		n += (got[i][0] ^ want[i][0]) >> 12 || got[i][1] != want[i][1];
	}
	return n;
}

static unsigned int valid(u64 pairs[HPTE_SLB_ENTRIES][2])
{
	unsigned int i, n = 0;

	for (i = 0; i < HPTE_SLB_ENTRIES; i++)
		n += !!(pairs[i][0] & SLB_VALID);
	return n;
}

static void kept(void)
{
	static const u8 places[] = { 3, 17, 30 };
	u64 set[HPTE_SLB_ENTRIES][2], got[HPTE_SLB_ENTRIES][2], less[HPTE_SLB_ENTRIES][2];
	u64 few[ARRAY_SIZE(places)][2];
	struct kvm_sregs sregs, bad;
	struct fixture f, g;
	unsigned int i, n;

	hpte_start(&f);
	hpte_slb_get(&f.vcpu, got);
	tap_is(valid(got), 0, "a new vCPU has no segments");
	all_segments(set, 16);
	hpte_slb_set(&f.vcpu, set, HPTE_SLB_ENTRIES);
	hpte_slb_get(&f.vcpu, got);
	tap_is(differing(got, set), 0, "32 segments are there after exits");
	if (vcpu_ioctl(&f.vcpu, KVM_GET_SREGS, &sregs))
		tap_bail("KVM_GET_SREGS");
	for (n = i = 0; i < HPTE_SLB_ENTRIES; i++)
		n += sregs.u.s.ppc64.slb[i].slbe == set[i][0] &&
		     sregs.u.s.ppc64.slb[i].slbv == set[i][1];
	tap_is(n, HPTE_SLB_ENTRIES, "KVM_GET_SREGS returns them");

	hpte_start(&g);
	tap_is(vcpu_ioctl(&g.vcpu, KVM_SET_SREGS, &sregs), 0, "KVM_SET_SREGS in another VM");
	hpte_slb_get(&g.vcpu, got);
	tap_is(differing(got, set), 0, "the guest there finds them");
	bad = sregs;
	bad.u.s.ppc64.slb[7].slbv |= 0x130;	/* L || LP = 111 */
	bad.u.s.ppc64.slb[9].slbv |= 2ull << 62;
	tap_is(vcpu_ioctl(&g.vcpu, KVM_SET_SREGS, &bad), 0,
	       "KVM_SET_SREGS with page and segment sizes that do not exist");
	hpte_slb_get(&g.vcpu, got);
	memset(less, 0, sizeof(less));
	for (i = 0; i < HPTE_SLB_ENTRIES; i++)
		if (i != 7 && i != 9)
			memcpy(less[i], set[i], sizeof(set[i]));
	tap_is(differing(got, less), 0, "the guest finds the other segments");
	fixture_end(&g);

	memset(less, 0, sizeof(less));
	for (i = 0; i < ARRAY_SIZE(places); i++) {
		memcpy(few[i], set[places[i]], sizeof(few[i]));
		memcpy(less[places[i]], set[places[i]], sizeof(few[i]));
	}
	hpte_slb_set(&f.vcpu, few, 3);
	hpte_slb_get(&f.vcpu, got);
	tap_is(differing(got, less), 0, "three segments, each in its place");
	fixture_end(&f);
}

/* --- side by side ------------------------------------------------------------------- */

struct guest {
	struct vcpu *vcpu;
	bool hash, mapped;
	u64 value;		/* that only this guest has, at EA or DATA */
	u64 segments[HPTE_SLB_ENTRIES][2];
	int cpu;		/* ANY: moves about */
	unsigned int bad;
};

/* One turn of a guest: true if it only sees its own segments and memory */
static unsigned int turn(struct guest *g)
{
	u64 slb[HPTE_SLB_ENTRIES][2];
	struct hpte_access a;
	unsigned int bad = 0;

	if (!g->hash)
		return remote_get(g->vcpu, DATA) != g->value;
	a = hpte_loads(g->vcpu, EA, MSR_DR);
	if (g->mapped)
		bad += a.interrupt || a.value != g->value;
	else
		bad += a.interrupt != 0x380;
	hpte_slb_get(g->vcpu, slb);
	bad += differing(slb, g->segments) != 0;
	/* the guest's entries, as the switch has left them */
	bad += vcpu_reg(g->vcpu, KVM_REG_PPC_AMR) != (g->value & 3) << 40;
	return bad;
}

static void prepare(struct guest *g, struct vcpu *vcpu, u64 value, bool mapped)
{
	struct hpte_page page = { .ea = EA, .gpa = DATA, .r = HPTE_PP_ALL | HPTE_COHERENT };

	*g = (struct guest) { .vcpu = vcpu, .hash = true, .mapped = mapped, .value = value };
	*(u64 *)vm_ptr(vcpu->vm, DATA, 8) = value;
	vcpu_set_reg(vcpu, KVM_REG_PPC_AMR, (value & 3) << 40);
	if (!mapped)
		return;
	all_segments(g->segments, 100 * value);
	hpte_segment(&page, 5, g->segments[5]);
	hpte_slb_set(vcpu, g->segments, HPTE_SLB_ENTRIES);
}

static void *turns(void *data)
{
	struct guest *g = data;
	unsigned int i;

	for (i = 0; i < ROUNDS; i++) {
		host_pin(i % host_cpus());
		g->bad += turn(g);
	}
	return NULL;
}

static void side_by_side(void)
{
	struct hpte_page page = { .ea = EA, .gpa = DATA, .r = HPTE_PP_ALL | HPTE_COHERENT };
	struct fixture one, two, three, radix;
	struct guest guests[5];
	struct vcpu second;
	pthread_t threads[ARRAY_SIZE(guests)];
	unsigned int i, j, bad = 0;

	hpte_start(&one);
	vcpu_create(&one.vm, &second, 1);
	hpte_start(&two);
	hpte_start(&three);
	remote_start(&radix);
	/* the same page, segment and place in the table in each VM that maps it */
	hpte_enter(&one.vcpu, &page, 0);
	hpte_enter(&two.vcpu, &page, 0);
	hpte_enter(&three.vcpu, &page, 0);
	prepare(&guests[0], &one.vcpu, 1, true);
	prepare(&guests[1], &two.vcpu, 2, true);
	/* with an entry, but without a segment */
	prepare(&guests[2], &three.vcpu, 3, false);
	guests[3] = (struct guest) { .vcpu = &radix.vcpu, .value = 4 };
	*(u64 *)vm_ptr(&radix.vm, DATA, 8) = 4;
	/* with the first VM's entry, but without its segments */
	prepare(&guests[4], &second, 1, false);

	for (i = 0; i < ROUNDS; i++)
		for (j = 0; j < ARRAY_SIZE(guests); j++)
			bad += turn(&guests[(i + j * (1 + i % 4)) % ARRAY_SIZE(guests)]);
	tap_is(bad, 0, "hash and radix guests take turns on a CPU: each sees only its segments");
	for (i = 0; i < ARRAY_SIZE(guests); i++)
		if (pthread_create(&threads[i], NULL, turns, &guests[i]))
			tap_bail("pthread_create");
	for (bad = i = 0; i < ARRAY_SIZE(guests); i++) {
		pthread_join(threads[i], NULL);
		bad += guests[i].bad;
	}
	tap_is(bad, 0, "at the same time, on all CPUs: each sees only its segments");
	vcpu_destroy(&second);
	fixture_end(&one);
	fixture_end(&two);
	fixture_end(&three);
	fixture_end(&radix);
}

/* A guest starts hash, becomes radix, and starts again (ibm,client-architecture-support). */
static void changing(void)
{
	struct hpte_page page = { .ea = EA, .gpa = DATA, .r = HPTE_PP_ALL | HPTE_COHERENT };
	unsigned int i, bad = 0;
	struct hpte_access a;
	struct fixture f;

	hpte_start(&f);
	for (i = 0; i < 10; i++) {
		hpte_enter(&f.vcpu, &page, 0);
		hpte_segments(&f.vcpu, &page, 1);
		*(u64 *)vm_ptr(&f.vm, DATA, 8) = i;
		a = hpte_loads(&f.vcpu, EA, MSR_DR);
		bad += a.interrupt || a.value != i;
		bad += vm_configure_radix(&f.vm, 0, 0) != 0;
		/*
		 * real mode, since the process table that translates its memory is not set up yet
		 */
		a = hpte_loads(&f.vcpu, DATA, 0);
		bad += a.interrupt || a.value != i;
		hpte_load(&f.vm);
		bad += hpte_loads(&f.vcpu, EA + PAGE_64K, MSR_DR).interrupt == 0;
	}
	tap_is(bad, 0, "ten times from hash to radix and back");
	fixture_end(&f);
}

int main(void)
{
	tap_start(60);
	kept();
	side_by_side();
	if (host_isa() >= 300)
		changing();
	return tap_done();
}
