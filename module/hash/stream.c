// SPDX-License-Identifier: GPL-2.0-only
/*
 * The hashed page table as a stream, by which a VMM saves, restores and migrates a
 * hash guest (Documentation/virt/kvm/api.rst, KVM_PPC_GET_HTAB_FD): chunks of a
 * struct kvm_get_htab_header, n_valid HPTEs as the guest made them, and a count of
 * invalid ones after them. The first reading gives the whole table, later ones what
 * changed since.
 */
#include <linux/anon_inodes.h>
#include <linux/file.h>
#include <linux/kvm_host.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

#include <asm/hvcall.h>
#include <asm/kvm_ppc.h>

#include "core/mmu.h"
#include "hash/hash.h"

#define HPTE_RC	(HPTE_R_R | HPTE_R_C)

struct stream {
	struct kvm *kvm;
	u64 flags;
	unsigned long index;	/* where the next read() goes on */
	bool whole;		/* the first time around */
};

enum kind { UNCHANGED, VALID, INVALID };

/*
 * What the stream has to say of entry @index. VALID: *@e is as the guest knows it.
 * It counts as unchanged from now on.
 */
static enum kind take_entry(const struct stream *s, unsigned long index, struct hpte *e)
{
	struct kvm_hpt_info *hpt = &s->kvm->arch.hpt;
	struct revmap_entry *rev = &hpt->rev[index];
	__be64 *hptep = hash_hptep(hpt, index);
	enum kind kind = UNCHANGED;

	preempt_disable();
	hash_lock_hpte(hptep);
	*e = hash_read_hpte(hptep);
	if (e->v & HPTE_V_VALID && e->r & HPTE_RC & ~rev->guest_rpte)
		rev->guest_rpte |= (e->r & HPTE_RC) | HPTE_GR_MODIFIED;
	if (s->whole || rev->guest_rpte & HPTE_GR_MODIFIED) {
		kind = INVALID;
		if (e->v & (HPTE_V_VALID | HPTE_V_ABSENT) &&
		    (e->v & HPTE_V_BOLTED || !(s->flags & KVM_GET_HTAB_BOLTED_ONLY)))
			kind = VALID;
		rev->guest_rpte &= ~HPTE_GR_MODIFIED;
		e->v = (e->v & ~HPTE_V_ABSENT) | HPTE_V_VALID;
		e->r = rev->guest_rpte;
	}
	hash_unlock_hpte(hptep);
	preempt_enable();
	return kind;
}

/* It shall be told of once more: user space did not get it. */
static void give_back(struct kvm *kvm, unsigned long index)
{
	__be64 *hptep = hash_hptep(&kvm->arch.hpt, index);

	preempt_disable();
	hash_lock_hpte(hptep);
	kvm->arch.hpt.rev[index].guest_rpte |= HPTE_GR_MODIFIED;
	hash_unlock_hpte(hptep);
	preempt_enable();
}

/*
 * One chunk, into a buffer of @room bytes. Return: its size in bytes, 0 when nothing is
 * left in this turn or in the buffer, -EFAULT.
 */
static ssize_t read_chunk(struct stream *s, char __user *buf, size_t room)
{
	unsigned long end = kvmppc_hpt_npte(&s->kvm->arch.hpt);
	struct kvm_get_htab_header header = { 0 };
	size_t size = sizeof(header);
	unsigned long i = s->index;
	struct hpte e;
	enum kind kind;

	if (room < size + sizeof(e))
		return 0;
	for (; i < end; i++) {
		kind = take_entry(s, i, &e);
		if (kind == UNCHANGED && !header.n_valid && !header.n_invalid) {
			if (!(i % 4096))
				cond_resched();
			continue;
		}
		if (kind == UNCHANGED)
			break;
		if (!header.n_valid && !header.n_invalid)
			header.index = i;
		if (kind == VALID) {
			__be64 pair[2] = { cpu_to_be64(e.v), cpu_to_be64(e.r) };

			if (header.n_invalid || header.n_valid == U16_MAX ||
			    room < size + sizeof(pair) ||
			    copy_to_user(buf + size, pair, sizeof(pair))) {
				give_back(s->kvm, i);
				break;
			}
			header.n_valid++;
			size += sizeof(pair);
		} else {
			if (header.n_invalid == U16_MAX) {
				give_back(s->kvm, i);
				break;
			}
			header.n_invalid++;
		}
	}
	s->index = i;
	if (!header.n_valid && !header.n_invalid)
		return i < end ? -EFAULT : 0;
	if (!copy_to_user(buf, &header, sizeof(header)))
		return size;
	s->index = header.index;
	while (i-- > header.index)
		give_back(s->kvm, i);
	return -EFAULT;
}

static ssize_t stream_read(struct file *file, char __user *buf, size_t count, loff_t *pos)
{
	struct stream *s = file->private_data;
	struct kvm *kvm = s->kvm;
	ssize_t chunk, done = 0;

	mutex_lock(&kvm->arch.mmu_setup_lock);
	if (!hash_has_table(kvm))
		goto unlock;
	/* the table may be a smaller one by now */
	if (s->index > kvmppc_hpt_npte(&kvm->arch.hpt))
		s->index = 0;
	do {
		chunk = read_chunk(s, buf + done, count - done);
		if (chunk > 0)
			done += chunk;
		cond_resched();
	} while (chunk > 0);
	if (chunk < 0 && !done)
		done = chunk;
	/* a read that ends here says that the turn is over */
	if (s->index >= kvmppc_hpt_npte(&kvm->arch.hpt)) {
		s->index = 0;
		s->whole = false;
	}
unlock:
	mutex_unlock(&kvm->arch.mmu_setup_lock);
	return done;
}

static void remove_entry(struct kvm *kvm, unsigned long index)
{
	unsigned long unused[2];

	if (!(hash_read_hpte(hash_hptep(&kvm->arch.hpt, index)).v &
	      (HPTE_V_VALID | HPTE_V_ABSENT)))
		return;
	preempt_disable();
	kvmppc_do_h_remove(kvm, 0, index, 0, unused);
	preempt_enable();
}

/* As if the guest had made it, after it removed what was there. 0, -EINVAL, -EIO. */
static int enter_entry(struct kvm *kvm, unsigned long index, struct hpte e)
{
	unsigned long unused;
	int shift = kvmppc_hpte_base_page_shift(e.v, e.r);
	long ret;

	if (!(e.v & HPTE_V_VALID) || shift <= 0)
		return -EINVAL;
	remove_entry(kvm, index);
	ret = hash_enter(kvm, H_EXACT, index, e, &unused);
	if (ret != H_SUCCESS)
		return -EIO;
	/* with the VRMA's entries the table is one that a guest can start with */
	if (is_vrma_hpte(e.v))
		hash_table_vrma(kvm, shift);
	return 0;
}

/* Return: bytes used, 0 when what is left is no whole chunk, or -errno. */
static ssize_t write_chunk(struct kvm *kvm, const char __user *buf, size_t room,
			   bool *vrma)
{
	unsigned long end = kvmppc_hpt_npte(&kvm->arch.hpt);
	struct kvm_get_htab_header header;
	size_t size = sizeof(header);
	unsigned long i, j;
	int err;

	if (room < size)
		return 0;
	if (copy_from_user(&header, buf, size))
		return -EFAULT;
	if (room < size + header.n_valid * sizeof(struct hpte))
		return 0;
	if (header.index >= end || header.index + header.n_valid + header.n_invalid > end)
		return -EINVAL;

	for (i = header.index, j = 0; j < header.n_valid; i++, j++) {
		__be64 pair[2];
		struct hpte e;

		if (copy_from_user(pair, buf + size, sizeof(pair)))
			return -EFAULT;
		size += sizeof(pair);
		e.v = be64_to_cpu(pair[0]);
		e.r = be64_to_cpu(pair[1]);
		err = enter_entry(kvm, i, e);
		if (err)
			return err;
		*vrma |= is_vrma_hpte(e.v);
		cond_resched();
	}
	for (j = 0; j < header.n_invalid; i++, j++)
		remove_entry(kvm, i);
	return size;
}

static ssize_t stream_write(struct file *file, const char __user *buf, size_t count,
			    loff_t *pos)
{
	struct stream *s = file->private_data;
	struct kvm *kvm = s->kvm;
	ssize_t chunk = -EINVAL, done = 0;
	bool ready, vrma = false;
	int idx, err;

	mutex_lock(&kvm->arch.mmu_setup_lock);
	if (!hash_has_table(kvm)) {
		mutex_unlock(&kvm->arch.mmu_setup_lock);
		return -EINVAL;
	}
	ready = kvm->arch.mmu_ready;
	err = mmu_stop(kvm);
	if (err) {
		mutex_unlock(&kvm->arch.mmu_setup_lock);
		return err;
	}
	idx = srcu_read_lock(&kvm->srcu);
	do {
		chunk = write_chunk(kvm, buf + done, count - done, &vrma);
		if (chunk > 0)
			done += chunk;
		/* a chunk of 8 bytes can be the work of 65535 entries */
		cond_resched();
		if (chunk > 0 && fatal_signal_pending(current))
			break;
	} while (chunk > 0);
	srcu_read_unlock(&kvm->srcu, idx);
	if (ready || vrma)
		mmu_is_ready(kvm);
	mutex_unlock(&kvm->arch.mmu_setup_lock);
	return chunk < 0 ? chunk : done;
}

static int stream_release(struct inode *inode, struct file *file)
{
	struct stream *s = file->private_data;

	if (!(s->flags & KVM_GET_HTAB_WRITE))
		atomic_dec(&s->kvm->arch.hpte_mod_interest);
	kvm_put_kvm(s->kvm);
	kfree(s);
	return 0;
}

static const struct file_operations stream_fops = {
	.owner		= THIS_MODULE,
	.read		= stream_read,
	.write		= stream_write,
	.llseek		= noop_llseek,
	.release	= stream_release,
};

int hash_fd_create(struct kvm *kvm, const struct kvm_get_htab_fd *ghf)
{
	bool writes = ghf->flags & KVM_GET_HTAB_WRITE;
	struct stream *s;
	int fd;

	if (ghf->flags & ~(KVM_GET_HTAB_BOLTED_ONLY | KVM_GET_HTAB_WRITE))
		return -EINVAL;
	s = kzalloc(sizeof(*s), GFP_KERNEL_ACCOUNT);
	if (!s)
		return -ENOMEM;
	s->kvm = kvm;
	s->flags = ghf->flags;
	s->index = ghf->start_index;
	s->whole = true;

	kvm_get_kvm(kvm);
	if (!writes) {
		/* who changes an entry notes it from now on, also who is about to */
		atomic_inc(&kvm->arch.hpte_mod_interest);
		synchronize_srcu_expedited(&kvm->srcu);
	}
	fd = anon_inode_getfd("kvm-htab", &stream_fops, s,
			      (writes ? O_WRONLY : O_RDONLY) | O_CLOEXEC);
	if (fd < 0) {
		if (!writes)
			atomic_dec(&kvm->arch.hpte_mod_interest);
		kvm_put_kvm_no_destroy(kvm);
		kfree(s);
	}
	return fd;
}
