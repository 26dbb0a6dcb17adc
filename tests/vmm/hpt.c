// SPDX-License-Identifier: GPL-2.0-only
#include <endian.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "hpt.h"
#include "mmu.h"
#include "tap.h"

#define GROUP		8			/* entries */
#define GROUPS		(1u << (HPT_TABLE_ORDER - 7))

/* An entry's first doubleword, with 2^40 bytes' segments */
#define HPTE_V_1T	(1ull << 62)
#define HPTE_V_BOLTED	0x10ull
#define HPTE_V_LARGE	0x4ull
#define HPTE_V_VALID	0x1ull
#define HPTE_V_VSID_SHIFT	24
#define HPTE_V_OFFSET_SHIFT	16		/* of the page in its segment, ... */
#define HPTE_V_OFFSET	0xffff80ull		/* ... whose low bits are in the hash */
#define HPTE_R_LP_64K	(1ull << 12)

/* Of slbmte's RS and RB */
#define SLB_VSID_1T	(1ull << 62)
#define SLB_VSID_SHIFT	24
#define SLB_VSID_KP	0x400ull		/* problem state is the one with a key */
#define SLB_VSID_64K	0x110ull		/* L, LP = 01 */
#define SLB_ESID_VALID	0x08000000ull

/* The segment that the guest's real mode uses (LPCR[VRMASD], Power ISA) */
#define VSID_REAL	0x1ffffffull
#define VSID_FIRST	0x1000ull

/* The VMM's copy of the table: first doublewords of the entries, 0: no entry */
struct hpt {
	u64 page;
	u64 v[GROUPS][GROUP];
};

/* An entry as KVM_PPC_GET_HTAB_FD's file takes it */
struct update {
	struct kvm_get_htab_header header;
	u64 v, r;		/* big-endian */
} __attribute__((packed));

void hpt_create(struct vm *vm)
{
	u32 order = HPT_TABLE_ORDER;
	int rc = vm_ioctl(vm, KVM_PPC_ALLOCATE_HTAB, &order);

	if (rc)
		tap_bail("KVM_PPC_ALLOCATE_HTAB: %s", strerror(-rc));
	vm->hpt = calloc(1, sizeof(*vm->hpt));
	if (!vm->hpt)
		tap_bail("no memory");
	vm->hpt->page = sysconf(_SC_PAGESIZE);
}

void hpt_destroy(struct vm *vm)
{
	free(vm->hpt);
	vm->hpt = NULL;
}

static bool is_64k(struct hpt *hpt)
{
	return hpt->page == PAGE_64K;
}

static u64 first_doubleword(struct hpt *hpt, u64 vsid, u64 offset)
{
	return HPTE_V_1T | vsid << HPTE_V_VSID_SHIFT |
	       (offset >> HPTE_V_OFFSET_SHIFT & HPTE_V_OFFSET) |
	       HPTE_V_BOLTED | HPTE_V_VALID | (is_64k(hpt) ? HPTE_V_LARGE : 0);
}

/* The group by the primary hash */
static u32 group_of(struct hpt *hpt, u64 vsid, u64 offset)
{
	return (vsid ^ vsid << 25 ^ offset / hpt->page) & (GROUPS - 1);
}

/*
 * The place in its group where the page's entry is or can be.  Two pages whose offsets differ only
 * in low bits have the same first doubleword, but are in different groups.
 */
static u64 *entry_of(struct hpt *hpt, u64 vsid, u64 offset)
{
	u64 v = first_doubleword(hpt, vsid, offset);
	u64 *group = hpt->v[group_of(hpt, vsid, offset)], *free_entry = NULL;
	unsigned int i;

	for (i = 0; i < GROUP; i++) {
		if (group[i] == v)
			return &group[i];
		if (!group[i] && !free_entry)
			free_entry = &group[i];
	}
	if (!free_entry)
		tap_bail("the guest's hash table is too small for what the test maps");
	return free_entry;
}

/*
 * @again: entries that exist already are written too, and KVM must accept each.  (KVM
 * rejects a cached entry for a device's registers.)
 */
static void map(struct vm *vm, u64 vsid, u64 offset, u64 gpa, u64 size, u64 attributes,
		bool again)
{
	struct kvm_get_htab_fd request = { .flags = KVM_GET_HTAB_WRITE };
	struct hpt *hpt = vm->hpt;
	int fd = vm_ioctl(vm, KVM_PPC_GET_HTAB_FD, &request);
	u64 at;

	if (fd < 0)
		tap_bail("KVM_PPC_GET_HTAB_FD: %s", strerror(-fd));
	for (at = 0; at < size; at += hpt->page) {
		u64 *entry = entry_of(hpt, vsid, offset + at);
		struct update update = {
			.header = { .index = entry - hpt->v[0], .n_valid = 1 },
			.v = htobe64(first_doubleword(hpt, vsid, offset + at)),
			.r = htobe64((gpa + at) | attributes | (is_64k(hpt) ? HPTE_R_LP_64K : 0)),
		};

		if (*entry && !again)
			continue;
		/* one write per entry: the stock backend reads the first header of a write only */
		if (write(fd, &update, sizeof(update)) == sizeof(update))
			*entry = be64toh(update.v);
		else if (again || errno != EIO)
			tap_bail("entry %u of the guest's hash table: %s", update.header.index,
				 strerror(errno));
	}
	close(fd);
}

void hpt_map(struct vm *vm, u64 vsid, u64 offset, u64 gpa, u64 size, u64 attributes)
{
	map(vm, vsid, offset, gpa, size, attributes, true);
}

void hpt_map_real(struct vm *vm, u64 gpa, u64 size)
{
	if (gpa >= SEGMENT_SIZE)
		return;
	if (size > SEGMENT_SIZE - gpa)
		size = SEGMENT_SIZE - gpa;
	map(vm, VSID_REAL, gpa, gpa, size,
	    HPTE_REFERENCED | HPTE_CHANGED | HPTE_COHERENT | HPTE_PP_PRIV, false);
}

u64 hpt_group(struct vm *vm, u64 vsid, u64 offset)
{
	return group_of(vm->hpt, vsid, offset) * GROUP;
}

u64 hpt_first_doubleword(struct vm *vm, u64 vsid, u64 offset)
{
	return first_doubleword(vm->hpt, vsid, offset);
}

bool hpt_made_here(struct vm *vm, u64 index)
{
	return index < GROUPS * GROUP && vm->hpt->v[index / GROUP][index % GROUP];
}

unsigned int hpt_lost(struct vm *vm)
{
	struct kvm_get_htab_fd request = { 0 };
	int fd = vm_ioctl(vm, KVM_PPC_GET_HTAB_FD, &request);
	const size_t room = 2ul << HPT_TABLE_ORDER;
	u64 *there = calloc(GROUPS, GROUP * sizeof(u64));
	char *text = malloc(room);
	unsigned int i, lost = 0;
	size_t size = 0, at = 0;
	ssize_t n;

	if (fd < 0 || !text || !there)
		tap_bail("KVM_PPC_GET_HTAB_FD: %s", strerror(errno));
	while ((n = read(fd, text + size, room - size)) > 0)
		size += n;
	if (n < 0)
		tap_bail("reading the hash table: %s", strerror(errno));
	close(fd);
	while (at < size) {
		const struct kvm_get_htab_header *header = (void *)(text + at);

		at += sizeof(*header);
		for (i = 0; i < header->n_valid; i++, at += 2 * sizeof(u64))
			there[header->index + i] = be64toh(*(u64 *)(text + at));
	}
	for (i = 0; i < GROUPS * GROUP; i++) {
		const u64 *group = &there[i / GROUP * GROUP];
		unsigned int j;

		for (j = 0; j < GROUP && group[j] != vm->hpt->v[i / GROUP][i % GROUP]; j++)
			;
		lost += hpt_made_here(vm, i) && j == GROUP;
	}
	free(there);
	free(text);
	return lost;
}

u64 hpt_vsid(unsigned int pid)
{
	return VSID_FIRST + pid;
}

u64 hpt_slb_vsid(u64 vsid)
{
	return SLB_VSID_1T | vsid << SLB_VSID_SHIFT | SLB_VSID_KP |
	       (sysconf(_SC_PAGESIZE) == PAGE_64K ? SLB_VSID_64K : 0);
}

void hpt_segments(struct vcpu *vcpu)
{
	static const u64 bases[] = { KERNEL_EA, 0 };
	struct kvm_sregs sregs;
	unsigned int i;
	int rc = vcpu_ioctl(vcpu, KVM_GET_SREGS, &sregs);

	for (i = 0; i < ARRAY_SIZE(bases); i++) {
		sregs.u.s.ppc64.slb[i].slbe = bases[i] | SLB_ESID_VALID | i;
		sregs.u.s.ppc64.slb[i].slbv = hpt_slb_vsid(hpt_vsid(i));
	}
	if (!rc)
		rc = vcpu_ioctl(vcpu, KVM_SET_SREGS, &sregs);
	if (rc)
		tap_bail("vCPU %u: KVM_SET_SREGS: %s", vcpu->id, strerror(-rc));
}
