// SPDX-License-Identifier: GPL-2.0-only
/* VM ioctls about the hashed page table. */
#include <linux/errno.h>
#include <linux/kvm_host.h>
#include <linux/mutex.h>
#include <linux/uaccess.h>

#include "core/mmu.h"
#include "hash/hash.h"
#include "hash/ioctls.h"

/*
 * KVM_PPC_ALLOCATE_HTAB: a hash guest from now on, with an empty table of 2^@order bytes.
 *
 * Return: 0; -EBUSY: a vCPU is running; -EINVAL, -ENOMEM. After an error all is as it was.
 */
static int allocate(struct kvm *kvm, u32 order)
{
	bool ready;
	int err;

	mutex_lock(&kvm->arch.mmu_setup_lock);
	ready = kvm->arch.mmu_ready;
	err = mmu_stop(kvm);
	if (!err)
		err = hash_table_set_order(kvm, order);
	if (!err && mmu_of(kvm) != &hash_mmu)
		err = mmu_change(kvm, &hash_mmu);
	if (err)
		WRITE_ONCE(kvm->arch.mmu_ready, ready);
	mutex_unlock(&kvm->arch.mmu_setup_lock);
	return err;
}

/*
 * hash_vm_ioctl - the VM ioctls that kvm.ko leaves to its backends
 *
 * All of them manage the hashed page table.
 *
 * Return: what the function returns that carries it out; -EFAULT; -ENOTTY for an
 * unknown request.
 */
int hash_vm_ioctl(struct file *filp, unsigned int ioctl, unsigned long arg)
{
	struct kvm *kvm = filp->private_data;
	void __user *from = (void __user *)arg;
	struct kvm_ppc_resize_hpt rhpt;
	struct kvm_get_htab_fd ghf;
	u32 order;

	switch (ioctl) {
	case KVM_PPC_ALLOCATE_HTAB:
		if (get_user(order, (u32 __user *)from))
			return -EFAULT;
		return allocate(kvm, order);
	case KVM_PPC_GET_HTAB_FD:
		if (copy_from_user(&ghf, from, sizeof(ghf)))
			return -EFAULT;
		return hash_fd_create(kvm, &ghf);
	case KVM_PPC_RESIZE_HPT_PREPARE:
		if (copy_from_user(&rhpt, from, sizeof(rhpt)))
			return -EFAULT;
		return hash_resize_prepare(kvm, &rhpt);
	case KVM_PPC_RESIZE_HPT_COMMIT:
		if (copy_from_user(&rhpt, from, sizeof(rhpt)))
			return -EFAULT;
		return hash_resize_commit(kvm, &rhpt);
	default:
		return -ENOTTY;
	}
}
