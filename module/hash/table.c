// SPDX-License-Identifier: GPL-2.0-only
/*
 * The hashed page table: its allocation, the entries of the virtual real mode area (VRMA),
 * and its exchange for one of another size.
 */
#include <linux/hugetlb.h>
#include <linux/kvm_host.h>
#include <linux/mm.h>
#include <linux/sizes.h>
#include <linux/slab.h>
#include <linux/smp.h>
#include <linux/vmalloc.h>

#include <asm/kvm_ppc.h>

#include "core/lpcr.h"
#include "core/memslot.h"
#include "core/mmu.h"
#include "hash/hash.h"

/* kvm_host.h has a pointer to it and leaves the definition to the backend. */
struct kvm_resize_hpt {
	struct kvm_hpt_info hpt;	/* the table to come, empty */
};

static void table_free(struct kvm_hpt_info *hpt)
{
	unsigned int page_order = hpt->order - PAGE_SHIFT;

	if (!hpt->virt)
		return;
	if (hpt->cma)
		kvm_free_hpt_cma(virt_to_page((void *)hpt->virt), 1UL << page_order);
	else
		free_pages(hpt->virt, page_order);
	vfree(hpt->rev);
	*hpt = (struct kvm_hpt_info) { 0 };
}

/*
 * Allocates a table of 2^@order bytes. It must be contiguous in real memory: it comes from
 * the CMA region that the host has reserved for such tables at boot, else from the page
 * allocator. The table's address in SDR1 and in the partition table has bits from 2^18 on,
 * so 256 KiB of alignment are enough, which CMA gives; the page allocator aligns to the
 * size.
 * Return: 0, -EINVAL or -ENOMEM.
 */
static int table_alloc(struct kvm_hpt_info *hpt, u32 order)
{
	unsigned int page_order = order - PAGE_SHIFT;
	struct page *page;

	if (order < PPC_MIN_HPT_ORDER || order > PPC_MAX_HPT_ORDER)
		return -EINVAL;

	*hpt = (struct kvm_hpt_info) { .order = order };
	page = kvm_alloc_hpt_cma(1UL << page_order);
	if (page) {
		hpt->cma = 1;
		hpt->virt = (unsigned long)page_address(page);
		memset((void *)hpt->virt, 0, 1UL << order);
	} else {
		hpt->virt = __get_free_pages(GFP_KERNEL_ACCOUNT | __GFP_ZERO |
					     __GFP_RETRY_MAYFAIL | __GFP_NOWARN, page_order);
	}
	if (!hpt->virt)
		return -ENOMEM;

	/* after the table: it needs no contiguous memory, and could take that of the table */
	hpt->rev = __vmalloc(array_size(sizeof(*hpt->rev), kvmppc_hpt_npte(hpt)),
			     GFP_KERNEL_ACCOUNT | __GFP_ZERO | __GFP_NOWARN);
	if (!hpt->rev) {
		table_free(hpt);
		return -ENOMEM;
	}
	return 0;
}

/*
 * vCPUs cache which addresses of the table are MMIO (kvmppc_hpte_hv_fault()). With another
 * mmio_update the cache is out of date.
 */
static void forget_mmio(struct kvm *kvm)
{
	atomic64_inc(&kvm->arch.mmio_update);
}

/* HTABORG: the table's address. HTABSIZE: bits of the hash that select a group, less 11. */
static unsigned long sdr1_for(const struct kvm_hpt_info *hpt)
{
	return __pa(hpt->virt) | (hpt->order - PPC_MIN_HPT_ORDER);
}

/* Makes @hpt the VM's table. Context: as hash_table_set_order(). */
static void table_use(struct kvm *kvm, const struct kvm_hpt_info *hpt)
{
	lockdep_assert_held(&kvm->arch.mmu_setup_lock);
	kvm->arch.sdr1 = sdr1_for(hpt);
	kvm->arch.hpt = *hpt;
	forget_mmio(kvm);
}

/* Frees the table that was prepared for an exchange, if there is one. */
static void forget_resize(struct kvm *kvm)
{
	if (!kvm->arch.resize_hpt)
		return;
	table_free(&kvm->arch.resize_hpt->hpt);
	kfree(kvm->arch.resize_hpt);
	kvm->arch.resize_hpt = NULL;
}

int hash_table_set_order(struct kvm *kvm, u32 order)
{
	struct kvm_hpt_info old = kvm->arch.hpt, new;
	int err;

	lockdep_assert_held(&kvm->arch.mmu_setup_lock);
	if (old.virt && old.order == order) {
		memslot_flush_all(kvm);
		memset((void *)old.virt, 0, 1UL << order);
		forget_mmio(kvm);
		mmu_set_partition_table(kvm);
		return 0;
	}

	err = table_alloc(&new, order);
	if (err)
		return err;
	memslot_flush_all(kvm);
	forget_resize(kvm);
	table_use(kvm, &new);
	mmu_set_partition_table(kvm);
	table_free(&old);
	return 0;
}

void hash_table_free(struct kvm *kvm)
{
	forget_resize(kvm);
	table_free(&kvm->arch.hpt);
	kvm->arch.sdr1 = 0;
}

void hash_table_vrma(struct kvm *kvm, unsigned int shift)
{
	unsigned long encoding = slb_pgsize_encoding(1UL << shift);

	lockdep_assert_held(&kvm->arch.mmu_setup_lock);
	kvm->arch.vrma_slb_v = encoding | SLB_VSID_B_1T |
			       (VRMA_VSID << SLB_VSID_SHIFT_1T);
	/* LPCR[VRMASD] is the SLB entry's L || LP, which the encoding has from bit 4 on */
	if (!cpu_has_feature(CPU_FTR_ARCH_300))
		lpcr_update_vm(kvm, encoding << (LPCR_VRMASD_SH - 4), LPCR_VRMASD);
}

u64 hash_partition_entry(struct kvm *kvm)
{
	u64 vrma = kvm->arch.vrma_slb_v;

	if (!kvm->arch.hpt.virt)
		return 0;
	/* PS, the VRMA's page size, is an SLB entry's L || LP (ISA Book III, "Partition Table") */
	return kvm->arch.sdr1 | (vrma & SLB_VSID_L) >> 1 | (vrma & SLB_VSID_LP) << 1;
}

/*
 * The VRMA's page size: the largest one of 4K, 64K and 16M that the host backs guest real
 * address 0 with.
 * Return: its log2 or -EINVAL.
 */
static int vrma_page_shift(struct kvm *kvm, struct kvm_memory_slot *slot)
{
	static const int shifts[] = { 24, 16, 12 };
	unsigned long size = 0;
	struct vm_area_struct *vma;
	unsigned int i;

	mmap_read_lock(kvm->mm);
	vma = vma_lookup(kvm->mm, slot->userspace_addr);
	if (vma && !(vma->vm_flags & VM_IO))
		size = vma_kernel_pagesize(vma);
	mmap_read_unlock(kvm->mm);

	for (i = 0; i < ARRAY_SIZE(shifts); i++)
		if (size >= BIT(shifts[i]) && hash_slot_fits(slot, BIT(shifts[i])))
			return shifts[i];
	return -EINVAL;
}

/*
 * Makes the VRMA's HPTEs. A guest that runs without translation sees its memory, from guest
 * real address 0 on, in the 1 TiB segment VRMA_VSID, which these HPTEs map. Each gets the
 * last place of its group, and no group gets two. If hash_enter() fails, the page is not
 * mapped and the guest's access will be a fault; an HPTE that the VMM has written to that
 * place (stream_write()) stays.
 */
static void map_vrma(struct kvm *kvm, const struct kvm_memory_slot *slot, int shift)
{
	unsigned long groups = kvmppc_hpt_mask(&kvm->arch.hpt) + 1;
	unsigned long pages = slot->npages << PAGE_SHIFT >> shift;
	unsigned long i, unused;

	pages = min3(pages, 1UL << (40 - shift), groups);
	for (i = 0; i < pages; i++) {
		unsigned long ra = i << shift;
		unsigned long hash = i ^ VRMA_VSID ^ (VRMA_VSID << 25);
		unsigned long place = (hash & (groups - 1)) * HPTES_PER_GROUP +
				      HPTES_PER_GROUP - 1;
		struct hpte e = {
			.v = HPTE_V_1TB_SEG | (VRMA_VSID << (40 - 16)) | HPTE_V_BOLTED |
			     (ra >> 16 & ~0x7fUL),
			.r = ra | HPTE_R_R | HPTE_R_C | HPTE_R_M | PP_RWXX,
		};

		if (shift > 12)
			e.v |= HPTE_V_LARGE;
		if (shift == 16)
			e.r |= 1 << 12;		/* LP */
		hash_enter(kvm, H_EXACT, place, e, &unused);
		cond_resched();
	}
}

int hash_table_ready(struct kvm *kvm)
{
	struct kvm_memory_slot *slot;
	struct kvm_hpt_info hpt;
	int idx, shift, order, err = 0;

	lockdep_assert_held(&kvm->arch.mmu_setup_lock);
	if (!kvm->arch.hpt.virt) {
		order = KVM_DEFAULT_HPT_ORDER;
		do {
			err = table_alloc(&hpt, order--);
		} while (err == -ENOMEM && order >= PPC_MIN_HPT_ORDER);
		if (err)
			return err;
		table_use(kvm, &hpt);
	}

	idx = srcu_read_lock(&kvm->srcu);
	err = -EINVAL;
	slot = gfn_to_memslot(kvm, 0);
	if (!slot || slot->flags & KVM_MEMSLOT_INVALID)
		goto unlock;
	err = vrma_page_shift(kvm, slot);
	if (err < 0)
		goto unlock;
	shift = err;
	hash_table_vrma(kvm, shift);
	map_vrma(kvm, slot, shift);
	err = 0;
unlock:
	srcu_read_unlock(&kvm->srcu, idx);
	return err;
}

static bool resize_args_good(struct kvm *kvm, const struct kvm_ppc_resize_hpt *rhpt)
{
	return !rhpt->flags && mmu_of(kvm) == &hash_mmu &&
	       (!rhpt->shift || (rhpt->shift >= PPC_MIN_HPT_ORDER &&
				 rhpt->shift <= PPC_MAX_HPT_ORDER));
}

int hash_resize_prepare(struct kvm *kvm, const struct kvm_ppc_resize_hpt *rhpt)
{
	struct kvm_resize_hpt *resize;
	int err = 0;

	mutex_lock(&kvm->arch.mmu_setup_lock);
	if (!resize_args_good(kvm, rhpt)) {
		err = -EINVAL;
		goto unlock;
	}
	resize = kvm->arch.resize_hpt;
	if (resize && resize->hpt.order == rhpt->shift)
		goto unlock;
	forget_resize(kvm);
	if (!rhpt->shift)
		goto unlock;

	resize = kzalloc(sizeof(*resize), GFP_KERNEL_ACCOUNT);
	err = resize ? table_alloc(&resize->hpt, rhpt->shift) : -ENOMEM;
	if (err)
		kfree(resize);
	else
		kvm->arch.resize_hpt = resize;
unlock:
	mutex_unlock(&kvm->arch.mmu_setup_lock);
	return err;
}

/*
 * The hash of an HPTE's virtual page number. The AVPN lacks the low bits of that number;
 * they follow from the number of the HPTE's group (ISA Book III, "Page Table Search").
 */
static unsigned long hash_of(struct hpte e, unsigned long index)
{
	unsigned long group = index / HPTES_PER_GROUP;
	int shift = kvmppc_hpte_base_page_shift(e.v, e.r);
	unsigned long avpn = HPTE_V_AVPN_VAL(e.v);
	unsigned int offset_bits = e.v & HPTE_V_1TB_SEG ? 40 : 28;
	unsigned long vsid, offset;

	if (e.v & HPTE_V_SECONDARY)
		group = ~group;
	/* the AVPN's unit is 8 MiB */
	vsid = avpn >> (offset_bits - 23);
	offset = (avpn & ((1UL << (offset_bits - 23)) - 1)) << 23;
	offset &= ~((1UL << shift) - 1);
	if (e.v & HPTE_V_1TB_SEG)
		vsid ^= vsid << 25;
	if (shift < 23)
		offset |= ((vsid ^ group) & ((1UL << (23 - shift)) - 1)) << shift;
	return vsid ^ offset >> shift;
}

/*
 * Copies the HPTE at @index, if it is a bolted one, to its group in @new. The HPTE is
 * absent and has no real address.
 * Return: 0, or -ENOSPC if the group is full.
 */
static int move_hpte(struct kvm_hpt_info *old, struct kvm_hpt_info *new,
		     unsigned long index)
{
	struct hpte e = hash_read_hpte(hash_hptep(old, index));
	unsigned long hash, group, i;

	if (!(e.v & HPTE_V_ABSENT) || !(e.v & HPTE_V_BOLTED))
		return 0;
	hash = hash_of(e, index);
	if (e.v & HPTE_V_SECONDARY)
		hash = ~hash;
	group = (hash & kvmppc_hpt_mask(new)) * HPTES_PER_GROUP;
	/* preferably to the same place in the group */
	for (i = 0; i < HPTES_PER_GROUP; i++) {
		unsigned long place = group + (index + i) % HPTES_PER_GROUP;
		__be64 *hptep = hash_hptep(new, place);

		if (hash_read_hpte(hptep).v & HPTE_V_ABSENT)
			continue;
		new->rev[place].guest_rpte = old->rev[index].guest_rpte;
		hash_write_hpte(hptep, e);
		return 0;
	}
	return -ENOSPC;
}

/*
 * Exchanges the VM's table for @new, which becomes the previous one. PAPR lets
 * H_RESIZE_HPT_COMMIT drop all HPTEs but the bolted ones. All pages are unmapped first, so
 * the bolted HPTEs are copied without a real address.
 * Return: 0 or -ENOSPC; after an error the table is the previous one.
 */
static int exchange(struct kvm *kvm, struct kvm_hpt_info *new)
{
	struct kvm_hpt_info old = kvm->arch.hpt;
	unsigned long i;
	int err = 0;

	memslot_flush_all(kvm);
	for (i = 0; i < kvmppc_hpt_npte(&old) && !err; i++) {
		err = move_hpte(&old, new, i);
		cond_resched();
	}
	if (err)
		return err;
	table_use(kvm, new);
	*new = old;
	return 0;
}

int hash_resize_commit(struct kvm *kvm, const struct kvm_ppc_resize_hpt *rhpt)
{
	struct kvm_resize_hpt *resize;
	int err = -EINVAL;

	mutex_lock(&kvm->arch.mmu_setup_lock);
	if (!resize_args_good(kvm, rhpt))
		goto unlock;
	err = -EIO;
	if (!kvm->arch.mmu_ready)
		goto unlock;
	resize = kvm->arch.resize_hpt;
	err = -ENXIO;
	if (!resize || resize->hpt.order != rhpt->shift)
		goto unlock;

	/* no vCPU enters the guest or begins to use the table from here on */
	WRITE_ONCE(kvm->arch.mmu_ready, 0);
	/* vCPUs that are in the guest leave it; entry_check() then sees mmu_ready */
	kick_all_cpus_sync();
	synchronize_srcu_expedited(&kvm->srcu);

	err = exchange(kvm, &resize->hpt);
	mmu_is_ready(kvm);
	forget_resize(kvm);
unlock:
	mutex_unlock(&kvm->arch.mmu_setup_lock);
	return err;
}
