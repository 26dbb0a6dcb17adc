// SPDX-License-Identifier: GPL-2.0-only
/* What the files of a VM's debugfs directory have in common: an open file keeps the VM. */
#include <linux/fs.h>
#include <linux/kvm_host.h>
#include <linux/seq_file.h>

#include "trace/debugfs.h"

/*
 * vm_debugfs_open - open a file whose i_private is the VM
 * @ops: shows the file
 * @size: bytes of the reader's private data. The data is zeroed, but for its first member,
 *	  a struct kvm *, which becomes the VM.
 *
 * Return: 0; -ENOENT: the VM is being destroyed; -ENOMEM.
 */
int vm_debugfs_open(struct inode *inode, struct file *file,
		    const struct seq_operations *ops, int size)
{
	struct kvm *kvm = inode->i_private;
	struct kvm **reader;

	if (!kvm_get_kvm_safe(kvm))
		return -ENOENT;
	reader = __seq_open_private(file, ops, size);
	if (!reader) {
		kvm_put_kvm(kvm);
		return -ENOMEM;
	}
	*reader = kvm;
	return 0;
}

/* vm_debugfs_release - close such a file */
int vm_debugfs_release(struct inode *inode, struct file *file)
{
	kvm_put_kvm(inode->i_private);
	return seq_release_private(inode, file);
}
