// SPDX-License-Identifier: GPL-2.0-only
/*
 * The partition-scoped radix tree: a table of the levels, a walk that visits leaves, a
 * descent that installs a leaf.
 */
#include <linux/kmemleak.h>
#include <linux/kvm_host.h>
#include <linux/slab.h>

#include <asm/kvm_ppc.h>
#include <asm/mmu.h>
#include <asm/pgtable.h>
#include <asm/tlbflush.h>

#include "radix/radix.h"
#include "radix/tree.h"

/* By level: the allocator of its tables */
static struct radix_level {
	const char *name;
	struct kmem_cache *cache;
} levels[RADIX_LEVELS] = {
	{ "hvlens_radix_pte" },
	{ "hvlens_radix_2m" },
	{ "hvlens_radix_1g" },
	{ "hvlens_radix_root" },
};

#define ROOT	(RADIX_LEVELS - 1)

/* Bits that a leaf can gain while it maps the same page. */
#define LEAF_GAINS	(_PAGE_READ | _PAGE_WRITE | _PAGE_EXEC | \
			 _PAGE_ACCESSED | _PAGE_DIRTY)

static u64 span(int level)
{
	return BIT_ULL(radix_shift(level));
}

/* log2 of a table's number of entries */
static unsigned int index_bits(int level)
{
	unsigned int above = level < ROOT ? radix_shift(level + 1) : RADIX_BITS;

	return above - radix_shift(level);
}

static unsigned long entries(int level)
{
	return BIT(index_bits(level));
}

static __be64 *entry_at(__be64 *table, int level, gpa_t gpa)
{
	return table + ((gpa >> radix_shift(level)) & (entries(level) - 1));
}

static u64 load(const __be64 *entry)
{
	return be64_to_cpu(READ_ONCE(*entry));
}

static bool is_valid(u64 entry)
{
	return entry & _PAGE_PRESENT;
}

static bool is_leaf(u64 entry)
{
	return entry & _PAGE_PTE;
}

static __be64 *root_of(struct kvm *kvm)
{
	return (__be64 *)kvm->arch.pgtable;
}

static __be64 *table_of(u64 entry)
{
	return __va(entry & RPDB_MASK);
}

static u64 entry_for_table(const __be64 *table, int level)
{
	return _PAGE_PRESENT | __pa(table) | index_bits(level);
}

u64 radix_update(__be64 *entry, u64 clear, u64 set)
{
	return __radix_pte_update((pte_t *)entry, clear, set);
}

static __be64 *table_alloc(int level)
{
	__be64 *table = kmem_cache_zalloc(levels[level].cache,
					  GFP_KERNEL_ACCOUNT);

	/* all references to it are real addresses, which kmemleak does not know */
	kmemleak_ignore(table);
	return table;
}

static void table_free(__be64 *table, int level)
{
	kmem_cache_free(levels[level].cache, table);
}

void radix_flush_add(struct radix_flush *flush, gpa_t gpa, int level)
{
	if (flush->pages < RADIX_FLUSH_PAGES) {
		flush->page[flush->pages].gpa = gpa;
		flush->page[flush->pages].shift = radix_shift(level);
	}
	flush->pages++;
}

void radix_flush(struct kvm *kvm, struct radix_flush *flush)
{
	unsigned int i;

	lockdep_assert_held(&kvm->mmu_lock);
	if (flush->pages > RADIX_FLUSH_PAGES) {
		radix__flush_all_lpid(kvm->arch.lpid);
	} else {
		for (i = 0; i < flush->pages; i++)
			radix__flush_tlb_lpid_page(kvm->arch.lpid,
						   flush->page[i].gpa,
						   1UL << flush->page[i].shift);
	}
	flush->pages = 0;
}

static void count_leaf(struct kvm *kvm, int level, int n)
{
	if (level == 1)
		kvm->stat.num_2M_pages += n;
	else if (level == 2)
		kvm->stat.num_1G_pages += n;
}

void radix_mark_dirty(const struct kvm_memory_slot *slot, gpa_t gpa, int level)
{
	gfn_t gfn = gpa >> PAGE_SHIFT;
	gfn_t end = gfn + (span(level) >> PAGE_SHIFT);

	if (!slot->dirty_bitmap)
		return;
	gfn = max(gfn, slot->base_gfn);
	end = min(end, slot->base_gfn + slot->npages);
	for (; gfn < end; gfn++)
		set_bit_le(gfn - slot->base_gfn, slot->dirty_bitmap);
}

void radix_unmap_leaf(struct radix_visitor *v, __be64 *entry, gpa_t gpa,
		      int level)
{
	u64 old = radix_update(entry, ~0UL, 0);

	radix_flush_add(&v->flush, gpa, level);
	count_leaf(v->kvm, level, -1);
	if (old & _PAGE_DIRTY)
		radix_mark_dirty(v->slot, gpa, level);
}

/* Return: @end, or where v->budget was used up. */
static gpa_t visit_table(struct radix_visitor *v, __be64 *table, int level,
			 gpa_t start, gpa_t end)
{
	gpa_t gpa, next;

	for (gpa = start; gpa < end && v->budget; gpa = next) {
		__be64 *entry = entry_at(table, level, gpa);
		u64 value = load(entry);

		v->budget--;
		next = min(ALIGN_DOWN(gpa, span(level)) + span(level), end);
		if (!is_valid(value))
			continue;
		if (is_leaf(value))
			v->leaf(v, entry, ALIGN_DOWN(gpa, span(level)), level);
		else
			next = visit_table(v, table_of(value), level - 1, gpa, next);
	}
	return gpa;
}

gpa_t radix_visit(struct radix_visitor *v, gpa_t start, gpa_t end)
{
	lockdep_assert_held(&v->kvm->mmu_lock);

	if (!root_of(v->kvm))
		return end;
	return visit_table(v, root_of(v->kvm), ROOT, start, end);
}

bool radix_next_leaf(struct kvm *kvm, gpa_t *gpa, u64 *value, int *level)
{
	lockdep_assert_held(&kvm->mmu_lock);

	while (root_of(kvm) && *gpa < BIT_ULL(RADIX_BITS)) {
		__be64 *table = root_of(kvm);
		int at = ROOT;

		for (;; at--) {
			*value = load(entry_at(table, at, *gpa));
			if (!is_valid(*value) || is_leaf(*value))
				break;
			table = table_of(*value);
		}
		*gpa = ALIGN_DOWN(*gpa, span(at));
		*level = at;
		if (is_valid(*value))
			return true;
		*gpa += span(at);
	}
	return false;
}

/* Frees @table and the tables below it. Context: no MMU can reach @table any more. */
static void free_table(__be64 *table, int level, bool may_sleep)
{
	unsigned long i;

	for (i = 0; level > 0 && i < entries(level); i++) {
		u64 value = load(&table[i]);

		if (is_valid(value) && !is_leaf(value))
			free_table(table_of(value), level - 1, may_sleep);
	}
	table_free(table, level);
	if (may_sleep)
		cond_resched();
}

/*
 * Empties @entry of @level, which is a leaf or leads to a table. The leaves of such a
 * table are read after the flush of the LPID's TLB and page-walk caches: until then an MMU
 * can still set C in them.
 */
static noinline void remove_entry(struct kvm *kvm,
				  const struct kvm_memory_slot *slot,
				  __be64 *entry, gpa_t gpa, int level)
{
	struct radix_visitor v = {
		.leaf = radix_unmap_leaf,
		.kvm = kvm,
		.slot = slot,
		.budget = UINT_MAX,
	};
	u64 old = load(entry);

	gpa = ALIGN_DOWN(gpa, span(level));
	if (is_leaf(old)) {
		radix_unmap_leaf(&v, entry, gpa, level);
		radix_flush(kvm, &v.flush);
		return;
	}
	WRITE_ONCE(*entry, 0);
	radix__flush_all_lpid(kvm->arch.lpid);
	visit_table(&v, table_of(old), level - 1, gpa, gpa + span(level));
	free_table(table_of(old), level - 1, false);
}

int radix_spare_fill(struct radix_spare *spare, int level)
{
	might_sleep();
	for (; level < ROOT; level++) {
		if (spare->table[level])
			continue;
		spare->table[level] = table_alloc(level);
		if (!spare->table[level])
			return -ENOMEM;
	}
	return 0;
}

void radix_spare_free(struct radix_spare *spare)
{
	int level;

	for (level = 0; level < ROOT; level++)
		if (spare->table[level])
			table_free(spare->table[level], level);
}

int radix_install(struct kvm *kvm, const struct kvm_memory_slot *slot,
		  gpa_t gpa, int level, u64 new, struct radix_spare *spare)
{
	__be64 *table = root_of(kvm);
	__be64 *entry;
	u64 old;
	int at;

	lockdep_assert_held(&kvm->mmu_lock);

	for (at = ROOT; at > level; at--) {
		entry = entry_at(table, at, gpa);
		old = load(entry);
		if (is_valid(old) && !is_leaf(old)) {
			table = table_of(old);
			continue;
		}
		if (!spare || !spare->table[at - 1])
			return -ENOMEM;
		if (is_valid(old))
			remove_entry(kvm, slot, entry, gpa, at);
		table = spare->table[at - 1];
		spare->table[at - 1] = NULL;
		/* the table is seen empty before it is seen at all */
		smp_wmb();
		WRITE_ONCE(*entry, cpu_to_be64(entry_for_table(table, at - 1)));
	}

	entry = entry_at(table, level, gpa);
	old = load(entry);
	if (is_valid(old) && is_leaf(old) && !((old ^ new) & ~LEAF_GAINS)) {
		if (new & ~old)
			radix_update(entry, 0, new);
		return 0;
	}
	if (is_valid(old))
		remove_entry(kvm, slot, entry, gpa, level);
	WRITE_ONCE(*entry, cpu_to_be64(new));
	count_leaf(kvm, level, 1);
	return 0;
}

int radix_vm_init(struct kvm *kvm)
{
	kvm->arch.pgtable = (pgd_t *)table_alloc(ROOT);
	return kvm->arch.pgtable ? 0 : -ENOMEM;
}

void radix_vm_free(struct kvm *kvm)
{
	__be64 *root;

	might_sleep();
	/* when the guest becomes a hash guest, a reader of debugfs may be in the tree */
	spin_lock(&kvm->mmu_lock);
	root = root_of(kvm);
	kvm->arch.pgtable = NULL;
	spin_unlock(&kvm->mmu_lock);
	if (root)
		free_table(root, ROOT, true);
}

u64 radix_partition_entry(struct kvm *kvm)
{
	return PATB_HR | radix__get_tree_size() | __pa(root_of(kvm)) |
	       index_bits(ROOT);
}

int radix_init(void)
{
	int level;

	for (level = 0; level < RADIX_LEVELS; level++) {
		struct radix_level *l = &levels[level];
		unsigned int size = sizeof(__be64) << index_bits(level);

		l->cache = kmem_cache_create(l->name, size, size, 0, NULL);
		if (!l->cache) {
			radix_exit();
			return -ENOMEM;
		}
	}
	return 0;
}

void radix_exit(void)
{
	int level;

	for (level = 0; level < RADIX_LEVELS; level++) {
		kmem_cache_destroy(levels[level].cache);
		levels[level].cache = NULL;
	}
}
