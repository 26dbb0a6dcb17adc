// SPDX-License-Identifier: GPL-2.0-only
/*
 * The hashed page table as a stream, by which a VMM saves, restores and migrates a
 * hash guest (Documentation/virt/kvm/api.rst, KVM_PPC_GET_HTAB_FD). A chunk of the stream
 * is a struct kvm_get_htab_header and n_valid HPTEs as the guest made them; n_invalid
 * entries without an HPTE follow these in the table. The first turn of reading gives the
 * whole table, each later turn gives what has changed since.
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
#include "hash/chunk.h"
#include "hash/hash.h"

#define HPTE_RC	(HPTE_R_R | HPTE_R_C)

/* An open descriptor */
struct stream {
	struct kvm *kvm;
	bool writes;
	bool bolted_only;	/* read: report bolted HPTEs only */
	bool whole;		/* read: this is the first turn */
	unsigned long index;	/* read: where the next read() goes on */
};

enum kind { UNCHANGED, VALID, INVALID };

/*
 * Tells what a reader has to know of entry @index, which counts as unchanged afterwards.
 * @e: becomes the HPTE as the guest made it, if the answer is VALID
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
		    (e->v & HPTE_V_BOLTED || !s->bolted_only))
			kind = VALID;
		rev->guest_rpte &= ~HPTE_GR_MODIFIED;
		e->v = (e->v & ~HPTE_V_ABSENT) | HPTE_V_VALID;
		e->r = rev->guest_rpte;
	}
	hash_unlock_hpte(hptep);
	preempt_enable();
	return kind;
}

/* Marks entry @index as changed again: user space did not get it. */
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
 * Reads one chunk into a buffer of @room bytes.
 * Return: its size in bytes; 0: this turn is over or the buffer full; -EFAULT; -EINTR: the
 * reader was killed.
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
			if (!(i % 4096)) {
				cond_resched();
				if (fatal_signal_pending(current)) {
					s->index = i;
					return -EINTR;
				}
			}
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
	/* the table may have been exchanged for a smaller one */
	if (s->index > kvmppc_hpt_npte(&kvm->arch.hpt))
		s->index = 0;
	do {
		chunk = read_chunk(s, buf + done, count - done);
		if (chunk > 0)
			done += chunk;
		cond_resched();
	} while (chunk > 0 && !fatal_signal_pending(current));
	if (chunk < 0 && !done)
		done = chunk;
	/* the turn is over; the next read() begins another one */
	if (s->index >= kvmppc_hpt_npte(&kvm->arch.hpt)) {
		s->index = 0;
		s->whole = false;
	}
unlock:
	mutex_unlock(&kvm->arch.mmu_setup_lock);
	return done;
}

/* Removes the HPTE at @index, if there is one. Context: kvm->srcu. */
static void remove_entry(struct kvm *kvm, unsigned long index)
{
	unsigned long unused[2];

	lockdep_assert_held(&kvm->srcu);
	if (!(hash_read_hpte(hash_hptep(&kvm->arch.hpt, index)).v &
	      (HPTE_V_VALID | HPTE_V_ABSENT)))
		return;
	preempt_disable();
	kvmppc_do_h_remove(kvm, 0, index, 0, unused);
	preempt_enable();
}

/*
 * Replaces the HPTE at @index by @e, by the hypercalls that a guest would use.
 * Return: 0, -EINVAL or -EIO. Context: kvm->srcu.
 */
static int enter_entry(struct kvm *kvm, unsigned long index, struct hpte e)
{
	unsigned long unused;
	int shift = kvmppc_hpte_base_page_shift(e.v, e.r);
	long ret;

	lockdep_assert_held(&kvm->srcu);
	if (!(e.v & HPTE_V_VALID) || shift <= 0)
		return -EINVAL;
	remove_entry(kvm, index);
	ret = hash_enter(kvm, H_EXACT, index, e, &unused);
	if (ret != H_SUCCESS)
		return -EIO;
	/* the VRMA has pages of the size that its entries say */
	if (is_vrma_hpte(e.v))
		hash_table_vrma(kvm, shift);
	return 0;
}

/*
 * Writes the chunk in @buf, which has @room bytes, to the table.
 * @vrma: becomes true if the chunk has an entry of the VRMA
 *
 * Return: the chunk's size in bytes; 0: @buf has no whole chunk; or a negative errno.
 * Context: kvm->srcu, mmu_stop().
 */
static ssize_t write_chunk(struct kvm *kvm, const char __user *buf, size_t room,
			   bool *vrma)
{
	unsigned long end = kvmppc_hpt_npte(&kvm->arch.hpt);
	struct kvm_get_htab_header header;
	size_t size = sizeof(header);
	unsigned long i, j;
	int err;

	lockdep_assert_held(&kvm->srcu);
	if (room < size)
		return 0;
	if (copy_from_user(&header, buf, size))
		return -EFAULT;
	if (room < size + header.n_valid * sizeof(struct hpte))
		return 0;
	if (!hash_chunk_fits(header.index, header.n_valid, header.n_invalid, end))
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
		/* a chunk of 8 bytes can remove 65535 entries */
		cond_resched();
		if (chunk > 0 && fatal_signal_pending(current))
			break;
	} while (chunk > 0);
	srcu_read_unlock(&kvm->srcu, idx);
	/* a guest can start with a table that has the VRMA's entries */
	if (ready || vrma)
		mmu_is_ready(kvm);
	mutex_unlock(&kvm->arch.mmu_setup_lock);
	return chunk < 0 ? chunk : done;
}

/*
 * A reader wants changed entries marked (HPTE_GR_MODIFIED). Whoever changes an entry looks
 * at hpte_mod_interest inside kvm->srcu, so after the wait all changes are marked.
 */
static void mark_changes(struct kvm *kvm)
{
	atomic_inc(&kvm->arch.hpte_mod_interest);
	synchronize_srcu_expedited(&kvm->srcu);
}

/* Releases all that hash_fd_create() has acquired. */
static void stream_end(struct stream *s)
{
	if (!s->writes)
		atomic_dec(&s->kvm->arch.hpte_mod_interest);
	kvm_put_kvm(s->kvm);
	kfree(s);
}

static int stream_release(struct inode *inode, struct file *file)
{
	stream_end(file->private_data);
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
	struct stream *s;
	int fd;

	if (ghf->flags & ~(KVM_GET_HTAB_BOLTED_ONLY | KVM_GET_HTAB_WRITE))
		return -EINVAL;
	s = kmalloc(sizeof(*s), GFP_KERNEL_ACCOUNT);
	if (!s)
		return -ENOMEM;
	*s = (struct stream) {
		.kvm = kvm,
		.writes = ghf->flags & KVM_GET_HTAB_WRITE,
		.bolted_only = ghf->flags & KVM_GET_HTAB_BOLTED_ONLY,
		.whole = true,
		.index = ghf->start_index,
	};

	kvm_get_kvm(kvm);
	if (!s->writes)
		mark_changes(kvm);
	fd = anon_inode_getfd("kvm-htab", &stream_fops, s,
			      (s->writes ? O_WRONLY : O_RDONLY) | O_CLOEXEC);
	if (fd < 0)
		stream_end(s);
	return fd;
}
