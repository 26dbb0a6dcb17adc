// SPDX-License-Identifier: GPL-2.0-only
/* A vCPU's life outside the run loop. */
#include <linux/bitrev.h>
#include <linux/kvm_host.h>
#include <linux/slab.h>
#include <asm/dbell.h>
#include <asm/kvm_book3s.h>
#include <asm/kvm_ppc.h>
#include <asm/opal.h>
#include <asm/reg.h>
#include <asm/smp.h>
#include <asm/time.h>
#include <trace/events/ipi.h>

#include "backend.h"
#include "core/vpa.h"
#include "switch/cores.h"
#include "trace/events.h"
#include "hash/hash.h"
#include "irq/stand_in.h"
#include "radix/radix.h"
#include "switch/switch.h"

/* As radix_xlate(): how kvm.ko translates a guest effective address (kvmppc_xlate()). */
static int xlate(struct kvm_vcpu *vcpu, gva_t eaddr, struct kvmppc_pte *gpte, bool data,
		 bool iswrite)
{
	return kvm_is_radix(vcpu->kvm) ? radix_xlate(vcpu, eaddr, gpte, data, iswrite) :
					 hash_xlate(vcpu, eaddr, gpte, data, iswrite);
}

/* vcpu_load_from_eaddr - ops->load_from_eaddr, see radix_load_from_eaddr() */
int vcpu_load_from_eaddr(struct kvm_vcpu *vcpu, ulong *eaddr, void *ptr, int size)
{
	return kvm_is_radix(vcpu->kvm) ? radix_load_from_eaddr(vcpu, eaddr, ptr, size) :
					 hash_load_from_eaddr(vcpu, eaddr, ptr, size);
}

static void mmu_hooks(struct kvm_vcpu *vcpu)
{
	vcpu->arch.slb_nr = 32;
	vcpu->arch.mmu.xlate = xlate;
	vcpu->arch.hflags |= BOOK3S_HFLAG_SLB;
}

/*
 * Facilities: what the host has, without msgsndp (a vCPU's siblings are not
 * threads of one core, it is emulated) and, but for POWER8, transactional memory (not
 * offered). PMU and event-based branches are granted at first use.
 */
static void init_facilities(struct kvm_vcpu *vcpu)
{
	u64 hfscr = HFSCR_TAR | HFSCR_EBB | HFSCR_PM | HFSCR_BHRB | HFSCR_DSCR |
		    HFSCR_VECVSX | HFSCR_FP;
	u64 on_demand = HFSCR_PM | HFSCR_EBB;

	if (cpu_has_feature(CPU_FTR_ARCH_31))
		hfscr |= HFSCR_PREFIX;
	if (!cpu_has_feature(CPU_FTR_ARCH_300)) {
		if (cpu_has_feature(CPU_FTR_TM))
			hfscr |= HFSCR_TM;
		/* real mode exchanges all of them at each entry */
		on_demand = 0;
	}
	vcpu->arch.hfscr_permitted = hfscr & mfspr(SPRN_HFSCR);
	vcpu->arch.hfscr = vcpu->arch.hfscr_permitted & ~on_demand;
}

/*
 * Is there a core for this id?  kvm.ko's packing of ids (kvmppc_pack_vcpu_id,
 * also used for interrupt servers) puts each further block of KVM_MAX_VCPUS ids
 * between those before it, by an offset: the block's number with its three bits
 * reversed.  It warns about an id that ends up past the last core.
 */
static bool id_has_core(struct kvm *kvm, u32 id)
{
	u32 stride = kvm->arch.emul_smt_mode;
	u32 block = id / KVM_MAX_VCPUS * (MAX_SMT_THREADS / stride);

	return id < KVM_MAX_VCPUS * stride &&
	       id % KVM_MAX_VCPUS + (bitrev8(block) >> 5) < KVM_MAX_VCPUS;
}

/*
 * Give the vCPU its virtual core.  Return: 0, -EINVAL or -ENOMEM; for an id that is taken
 * what VMMs get on that processor, -EINVAL or -EEXIST.
 */
static int create_core(struct kvm_vcpu *vcpu)
{
	struct kvm *kvm = vcpu->kvm;
	u32 core = KVM_MAX_VCORES;
	struct hv_vcpu *hv;
	int err;

	hv = kzalloc(sizeof(*hv), GFP_KERNEL_ACCOUNT);
	if (!hv)
		return -ENOMEM;
	hv->vcpu = vcpu;
	err = stand_in_create(hv);
	if (err)
		goto fail;
	hv->core.kvm = kvm;
	hv->core.first_vcpuid = vcpu->vcpu_id;
	hv->core.num_threads = 1;
	hv->core.preempt_tb = TB_NIL;
	spin_lock_init(&hv->core.lock);
	spin_lock_init(&hv->core.stoltb_lock);
	rcuwait_init(&hv->core.wait);
	INIT_LIST_HEAD(&hv->core.preempt_list);
	switch_vcpu_init(hv);

	/* Until the first core is there, KVM_CAP_PPC_SMT can change the ids' range */
	mutex_lock(&kvm->lock);
	if (id_has_core(kvm, vcpu->vcpu_id))
		core = kvmppc_pack_vcpu_id(kvm, vcpu->vcpu_id);
	if (core >= KVM_MAX_VCORES) {
		err = -EINVAL;
	} else if (kvm->arch.vcores[core]) {
		err = cpu_has_feature(CPU_FTR_ARCH_300) ? -EINVAL : -EEXIST;
	} else {
		/* vm_update_lpcr() walks the cores under this lock */
		mutex_lock(&kvm->arch.mmu_setup_lock);
		hv->core.lpcr = kvm->arch.lpcr;
		kvm->arch.vcores[core] = &hv->core;
		kvm->arch.online_vcores++;
		mutex_unlock(&kvm->arch.mmu_setup_lock);
	}
	mutex_unlock(&kvm->lock);
	if (err)
		goto fail;
	vcpu->arch.vcore = &hv->core;
	return 0;
fail:
	kfree(hv->no_presenter);
	kfree(hv);
	return err;
}

/*
 * vcpu_create - KVM_CREATE_VCPU: reset state, before the vCPU is visible
 * Return: 0, -EINVAL (the id is out of range or taken), -EEXIST (taken), -ENOMEM.
 */
int vcpu_create(struct kvm_vcpu *vcpu)
{
	int err;

	vcpu->arch.shared = &vcpu->arch.shregs;
	vcpu->arch.mmcr[0] = MMCR0_FC;
	if (cpu_has_feature(CPU_FTR_ARCH_31)) {
		vcpu->arch.mmcr[0] |= MMCR0_PMCCEXT;
		vcpu->arch.mmcra = MMCRA_BHRB_DISABLE;
	}
	vcpu->arch.ctrl = CTRL_RUNLATCH;
	vcpu->arch.pvr = mfspr(SPRN_PVR);
	vcpu->arch.shregs.msr = MSR_ME;
	vcpu->arch.intr_msr = MSR_SF | MSR_ME;
	vcpu->arch.busy_preempt = TB_NIL;
	spin_lock_init(&vcpu->arch.tbacct_lock);
	init_waitqueue_head(&vcpu->arch.cpu_run);
	init_facilities(vcpu);
	mmu_hooks(vcpu);
	vpa_vcpu_init(vcpu);

	err = create_core(vcpu);
	if (err)
		return err;

	vcpu->arch.state = KVMPPC_VCPU_NOTREADY;
	vcpu->arch.thread_cpu = -1;
	vcpu->arch.prev_cpu = -1;
	vcpu->arch.cpu_type = KVM_CPU_3S_64;
	kvmppc_sanity_check(vcpu);
	return 0;
}

/* The core stays until the VM goes: others may look at it (vm_destroy()). */
void vcpu_free(struct kvm_vcpu *vcpu)
{
	/* another vCPU may have sent it an interrupt in real mode */
	if (!cpu_has_feature(CPU_FTR_ARCH_300))
		cores_settle();
	vpa_vcpu_free(vcpu);
}

/*
 * Stolen time is what passes while a vCPU that could run waits for a CPU.
 * vcpu_put_cpu() notes when it lost the CPU in the middle of KVM_RUN,
 * vcpu_load_cpu() adds up; both are called by the preempt notifier too.
 */
void vcpu_load_cpu(struct kvm_vcpu *vcpu, int cpu)
{
	/* the administrator may have switched a mitigation on or off */
	if (cpu_has_feature(CPU_FTR_ARCH_300))
		to_hv_vcpu(vcpu)->landing.flush = mitigation_flush();

	if (vcpu->arch.busy_preempt == TB_NIL)
		return;
	vcpu->arch.vcore->stolen_tb += mftb() - vcpu->arch.busy_preempt;
	vcpu->arch.busy_preempt = TB_NIL;
}

void vcpu_put_cpu(struct kvm_vcpu *vcpu)
{
	if (task_is_running(current) &&
	    vcpu->arch.state == KVMPPC_VCPU_BUSY_IN_HOST)
		vcpu->arch.busy_preempt = mftb();
}

/*
 * vcpu_kick - make the vCPU notice what was just stored for it
 *
 * rcuwait_wake_up() holds the barrier between that store and the look at the
 * CPU's number; the other side is in run.c, pass().
 */
void vcpu_kick(struct kvm_vcpu *vcpu)
{
	struct hv_vcpu *hv = to_hv_vcpu(vcpu);
	int cpu;

	/* two at once: either time will do */
	if (events_listening() && !READ_ONCE(hv->woken))
		WRITE_ONCE(hv->woken, mftb());
	if (rcuwait_wake_up(kvm_arch_vcpu_get_wait(vcpu)))
		vcpu->stat.generic.halt_wakeup++;

	cpu = READ_ONCE(vcpu->arch.thread_cpu);
	if (cpu < 0 || !cpu_online(cpu) || cpu == raw_smp_processor_id())
		return;
	/*
	 * To an IPI without a message real mode answers by a look at what is pending, but not
	 * at doorbells: for these the guest has to be left.
	 */
	if (!cpu_has_feature(CPU_FTR_ARCH_300) && paca_ptrs[cpu]->kvm_hstate.xics_phys &&
	    !vcpu_doorbell_pending(vcpu))
		xics_wake_cpu(cpu);
	else
		smp_send_reschedule(cpu);
}

/*
 * vcpu_set_msr - give the vCPU an MSR from outside: any value may come
 *
 * HV becomes 0 and ME 1.  Where guests have no transactional memory no transaction can
 * be under way: hrfid with another MSR[TS] is illegal in the host, and the program
 * interrupt that it ends in stops the CPU.
 */
void vcpu_set_msr(struct kvm_vcpu *vcpu, u64 msr)
{
	if (!(vcpu->arch.hfscr_permitted & HFSCR_TM))
		msr &= ~MSR_TS_MASK;
	kvmppc_set_msr_hv(vcpu, msr);
}

/*
 * Before an entry, interrupts on: take the requests.
 * Return: 1, enter; 0, the VM must not run any more.
 */
int vcpu_check_requests(struct kvm_vcpu *vcpu)
{
	/* a TLB flush is done where the entries change; the request only kicks */
	kvm_check_request(KVM_REQ_TLB_FLUSH, vcpu);
	kvm_clear_request(KVM_REQ_UNBLOCK, vcpu);
	return !kvm_test_request(KVM_REQ_VM_DEAD, vcpu);
}

/* The VM's vCPU with this id, or NULL. */
struct kvm_vcpu *vcpu_find(struct kvm *kvm, int id)
{
	return kvm_get_vcpu_by_id(kvm, id);
}
