// SPDX-License-Identifier: GPL-2.0-only
/*
 * A VM's partition-scoped tree in debugfs. The format is that of the stock backend's
 * file, but without the root's address in the host.
 */
#include <linux/debugfs.h>
#include <linux/kvm_host.h>
#include <linux/seq_file.h>

#include "radix/radix.h"
#include "radix/tree.h"
#include "trace/debugfs.h"

/* A reader of the file, with the leaf to be shown */
struct reader {
	struct kvm *kvm;	/* must be first: vm_debugfs_open() */
	gpa_t gpa;
	u64 value;
	int level;
};

/* Finds the first leaf from @gpa on. The file's position is a guest real address. */
static void *leaf_from(struct reader *r, gpa_t gpa)
{
	bool found;

	r->gpa = gpa;
	spin_lock(&r->kvm->mmu_lock);
	found = radix_next_leaf(r->kvm, &r->gpa, &r->value, &r->level);
	spin_unlock(&r->kvm->mmu_lock);
	return found ? r : NULL;
}

static void *leaf_start(struct seq_file *m, loff_t *pos)
{
	return leaf_from(m->private, *pos);
}

static void *leaf_next(struct seq_file *m, void *v, loff_t *pos)
{
	struct reader *r = v;

	*pos = r->gpa + BIT_ULL(radix_shift(r->level));
	return leaf_from(r, *pos);
}

static void leaf_stop(struct seq_file *m, void *v)
{
}

static int leaf_show(struct seq_file *m, void *v)
{
	struct reader *r = v;

	seq_printf(m, " %llx: %llx %u\n", r->gpa, r->value,
		   radix_shift(r->level));
	return 0;
}

static const struct seq_operations leaf_ops = {
	.start	= leaf_start,
	.next	= leaf_next,
	.stop	= leaf_stop,
	.show	= leaf_show,
};

static int radix_open(struct inode *inode, struct file *file)
{
	return vm_debugfs_open(inode, file, &leaf_ops, sizeof(struct reader));
}

static const struct file_operations radix_fops = {
	.owner		= THIS_MODULE,
	.open		= radix_open,
	.read		= seq_read,
	.llseek		= seq_lseek,
	.release	= vm_debugfs_release,
};

void radix_create_debugfs(struct kvm *kvm)
{
	if (!radix_enabled())
		return;
	debugfs_create_file("radix", 0400, kvm->debugfs_dentry, kvm,
			    &radix_fops);
}
