// SPDX-License-Identifier: GPL-2.0-only
/*
 * A VM's partition-scoped tree in debugfs, in the form that the stock backend
 * gives it, without the host's address of the root.
 */
#include <linux/debugfs.h>
#include <linux/kvm_host.h>
#include <linux/seq_file.h>

#include "radix.h"
#include "radix_tree.h"

/* One reader: the leaf to be shown */
struct reader {
	struct kvm *kvm;
	gpa_t gpa;
	u64 value;
	int level;
};

/* The file's position is the guest real address to look from. */
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

/* An open file keeps the VM. */
static int radix_open(struct inode *inode, struct file *file)
{
	struct kvm *kvm = inode->i_private;
	struct reader *r;

	if (!kvm_get_kvm_safe(kvm))
		return -ENOENT;
	r = __seq_open_private(file, &leaf_ops, sizeof(*r));
	if (!r) {
		kvm_put_kvm(kvm);
		return -ENOMEM;
	}
	r->kvm = kvm;
	return 0;
}

static int radix_release(struct inode *inode, struct file *file)
{
	kvm_put_kvm(inode->i_private);
	return seq_release_private(inode, file);
}

static const struct file_operations radix_fops = {
	.owner		= THIS_MODULE,
	.open		= radix_open,
	.read		= seq_read,
	.llseek		= seq_lseek,
	.release	= radix_release,
};

void radix_create_debugfs(struct kvm *kvm)
{
	if (!radix_enabled())
		return;
	debugfs_create_file("radix", 0400, kvm->debugfs_dentry, kvm,
			    &radix_fops);
}
