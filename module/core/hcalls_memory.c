// SPDX-License-Identifier: GPL-2.0-only
/* Hypercalls about the guest's memory, the TLB and cache-inhibited accesses. */
#include <linux/kvm_host.h>
#include <linux/sizes.h>
#include <asm/hvcall.h>
#include <asm/kvm_book3s.h>
#include <asm/kvm_ppc.h>
#include <asm/mmu_context.h>

#include "core/guest_memory.h"
#include "core/hcall_handlers.h"
#include "core/mmu.h"

/*
 * Copies the 4 KiB at @src to @dst, both guest real addresses, or clears them.
 * Return: 0 or -EFAULT. Context: may sleep.
 */
static int init_guest_4k(struct kvm *kvm, gpa_t dst, gpa_t src, bool copy)
{
	u64 chunk[32] = {};
	gpa_t off;
	int ret = 0;

	for (off = 0; off < SZ_4K && !ret; off += sizeof(chunk)) {
		if (copy)
			ret = guest_memory_read(kvm, src + off, chunk, sizeof(chunk));
		if (!ret)
			ret = guest_memory_write(kvm, dst + off, chunk, sizeof(chunk));
	}
	return ret;
}

/*
 * h_page_init - clear or copy a page
 *
 * args: flags, destination, source. A page has 4 KiB here, whatever the host's have. The
 * flags for caches and loans need no action: the caches are coherent, loans are hints.
 */
long h_page_init(struct kvm_vcpu *vcpu, const unsigned long *args)
{
	const unsigned long known = H_ICACHE_INVALIDATE | H_ICACHE_SYNCHRONIZE |
		H_ZERO_PAGE | H_COPY_PAGE | H_PAGE_SET_LOANED;
	unsigned long flags = args[0], dst = args[1], src = args[2];

	if (flags & ~known || !IS_ALIGNED(dst, SZ_4K))
		return H_PARAMETER;
	if (flags & H_COPY_PAGE && !IS_ALIGNED(src, SZ_4K))
		return H_PARAMETER;

	if (!(flags & (H_ZERO_PAGE | H_COPY_PAGE)))
		return H_SUCCESS;
	if (init_guest_4k(vcpu->kvm, dst, src, flags & H_COPY_PAGE))
		return H_PARAMETER;
	return H_SUCCESS;
}

/*
 * h_rpt_invalidate - invalidate translations of a radix guest's process
 *
 * args: pid, target, type, page sizes, start, end.
 */
long h_rpt_invalidate(struct kvm_vcpu *vcpu, const unsigned long *args)
{
	unsigned long pid = args[0], type = args[2], page_sizes = args[3];
	unsigned long start = args[4], end = args[5];

	if (!mmu_of(vcpu->kvm)->guest_tables)
		return H_UNSUPPORTED;
	if (end < start)
		return H_P5;
	/* only a guest that is a hypervisor itself has nested guests */
	if (type & H_RPTI_TYPE_NESTED)
		return H_FUNCTION;
	/*
	 * The kernel adds the page size to start until it reaches end. Close to the
	 * last address the sum wraps, and the loop would not stop: invalidate all.
	 */
	if (end > -(unsigned long)SZ_1G) {
		start = 0;
		end = -1UL;
	}
	do_h_rpt_invalidate_prt(pid, vcpu->kvm->arch.lpid, type, page_sizes,
				start, end);
	return H_SUCCESS;
}

/* h_logical_ci_load - args: size, address. kvm.ko answers for devices in the kernel. */
long h_logical_ci_load(struct kvm_vcpu *vcpu, const unsigned long *args)
{
	return kvmppc_h_logical_ci_load(vcpu);
}

/* h_logical_ci_store - args: size, address, value; as h_logical_ci_load() */
long h_logical_ci_store(struct kvm_vcpu *vcpu, const unsigned long *args)
{
	return kvmppc_h_logical_ci_store(vcpu);
}
