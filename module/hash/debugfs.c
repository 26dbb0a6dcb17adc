// SPDX-License-Identifier: GPL-2.0-only
/*
 * A VM's hashed page table in debugfs, as the guest made it. The stock backend's file also
 * shows what is the host's, real addresses and locks; this file does not.
 */
#include <linux/debugfs.h>
#include <linux/kvm_host.h>
#include <linux/seq_file.h>

#include <asm/kvm_ppc.h>

#include "hash/hash.h"
#include "trace/debugfs.h"

struct reader {
	struct kvm *kvm;	/* must be first: vm_debugfs_open() */
	unsigned long index;
	struct hpte e;
	bool valid;		/* the MMU may use the entry: it has the host's page */
};

/*
 * Finds the first entry from @index on, which is the file's position.
 * Context: kvm->arch.mmu_setup_lock, so that the table is not exchanged.
 */
static void *entry_from(struct reader *r, unsigned long index)
{
	struct kvm_hpt_info *hpt = &r->kvm->arch.hpt;

	if (!hash_has_table(r->kvm))
		return NULL;
	for (; index < kvmppc_hpt_npte(hpt); index++) {
		r->e = hash_read_hpte(hash_hptep(hpt, index));
		if (r->e.v & (HPTE_V_VALID | HPTE_V_ABSENT)) {
			r->index = index;
			r->valid = r->e.v & HPTE_V_VALID;
			r->e.v = (r->e.v & ~HPTE_V_ABSENT) | HPTE_V_VALID;
			r->e.r = (r->e.r & (HPTE_R_R | HPTE_R_C)) |
				 (hpt->rev[index].guest_rpte & ~HPTE_GR_RESERVED);
			return r;
		}
		if (!(index % 4096))
			cond_resched();
	}
	return NULL;
}

static void *entry_start(struct seq_file *m, loff_t *pos)
{
	struct reader *r = m->private;

	mutex_lock(&r->kvm->arch.mmu_setup_lock);
	return entry_from(r, *pos);
}

static void *entry_next(struct seq_file *m, void *v, loff_t *pos)
{
	struct reader *r = v;

	*pos = r->index + 1;
	return entry_from(r, *pos);
}

static void entry_stop(struct seq_file *m, void *v)
{
	struct reader *r = m->private;

	mutex_unlock(&r->kvm->arch.mmu_setup_lock);
}

static int entry_show(struct seq_file *m, void *v)
{
	struct reader *r = v;

	seq_printf(m, "%6lx %016lx %016lx %s\n", r->index, r->e.v, r->e.r,
		   r->valid ? "valid" : "absent");
	return 0;
}

static const struct seq_operations entry_ops = {
	.start	= entry_start,
	.next	= entry_next,
	.stop	= entry_stop,
	.show	= entry_show,
};

static int htab_open(struct inode *inode, struct file *file)
{
	return vm_debugfs_open(inode, file, &entry_ops, sizeof(struct reader));
}

static const struct file_operations htab_fops = {
	.owner		= THIS_MODULE,
	.open		= htab_open,
	.read		= seq_read,
	.llseek		= seq_lseek,
	.release	= vm_debugfs_release,
};

void hash_create_debugfs(struct kvm *kvm)
{
	debugfs_create_file("htab", 0400, kvm->debugfs_dentry, kvm, &htab_fops);
}
