// SPDX-License-Identifier: GPL-2.0-only
/*
 * KVM_GET_ONE_REG and KVM_SET_ONE_REG: one table of registers and the code
 * that reads and writes a row.
 *
 * kvm.ko calls the backend first. If the backend answers -EINVAL, kvm.ko tries the
 * registers that it keeps itself: FP, VMX, VSX, DAR, DSISR, TAR, IC, interrupt
 * presentation. So -EINVAL means "no such register" as well as "not that value". FSCR
 * must never get that answer, because kvm.ko's code for FSCR writes FPSCR.
 *
 * A guest gets the performance monitor and event-based branches at its first access. A
 * migrated guest may already use them and make no further access: its counters run, its
 * handler waits for an event. So a set that changes such a register gives the guest the
 * facility too.
 *
 * All of this runs under vcpu->mutex: the vCPU is not in the guest, its state is in
 * memory. What other vCPUs can change too has locks: the areas registered with
 * H_REGISTER_VPA, and LPCR.
 *
 * Registers that only earlier processors have (DABR, CSIGR, TACR, WORT ...) are
 * plain storage, for VMMs that save and restore a fixed list of registers. The rows for
 * transactional memory exist for guests that can have it, which are those of POWER8. For
 * other guests the ids are unknown, as in a kernel that is built without it.
 */
#include <linux/bsearch.h>
#include <linux/kvm_host.h>
#include <linux/string.h>

#include <asm/lppaca.h>
#include <asm/reg.h>
#include <asm/time.h>

#include "backend.h"
#include "core/arch_compat.h"
#include "core/lpcr.h"
#include "core/one_reg.h"
#include "core/vpa.h"

/* The switch sets the timebase by TBU40, which has its upper 40 bits. */
#define TB_OFFSET_UNIT	BIT_ULL(24)

/*
 * The vCPU has VSCR as stvx stores it, in the quadword's least significant word. kvm.ko
 * would read the last word in memory, which in a little-endian kernel is the most
 * significant one and always 0. So this table has a row for VSCR.
 */
#ifdef __BIG_ENDIAN__
#define VSCR_WORD	3
#else
#define VSCR_WORD	0
#endif

enum home {
	IN_VCPU,	/* struct kvm_vcpu */
	IN_VCORE,	/* struct kvmppc_vcore */
	IN_VM,		/* struct kvm */
};

/* A register, or a run of registers with consecutive ids, the elements of an array */
struct one_reg {
	u64 id;			/* of the first register */
	u8 count;		/* of registers */
	u8 home;		/* the struct that has the value */
	u8 width;		/* of the field in bytes, not always that of the id */
	u32 offset;		/* of the (first) field in its home */
	u64 drop;		/* bits that user space cannot set: a set clears them */
	/*
	 * The HFSCR bit that the guest needs to use the register; 0: none. A register of
	 * transactional memory exists only if the guest can have that facility.
	 */
	u64 facility;
	/*
	 * For a value that is in no field, and for a set that has to check the value or
	 * has an effect. Return: 0 or a negative errno.
	 */
	int (*get)(struct kvm_vcpu *vcpu, u64 id, union kvmppc_one_reg *val);
	int (*set)(struct kvm_vcpu *vcpu, u64 id,
		   const union kvmppc_one_reg *val);
};

static int get_zero(struct kvm_vcpu *vcpu, u64 id, union kvmppc_one_reg *val)
{
	val->dval = 0;
	return 0;
}

static int set_zero(struct kvm_vcpu *vcpu, u64 id,
		    const union kvmppc_one_reg *val)
{
	return val->dval ? -EINVAL : 0;
}

static int get_debug_inst(struct kvm_vcpu *vcpu, u64 id,
			  union kvmppc_one_reg *val)
{
	val->wval = KVMPPC_INST_SW_BREAKPOINT;
	return 0;
}

static int set_read_only(struct kvm_vcpu *vcpu, u64 id,
			 const union kvmppc_one_reg *val)
{
	return -EINVAL;
}

/* A breakpoint in hypervisor state would be one in the host, so it is disabled. */
static int set_ciabr(struct kvm_vcpu *vcpu, u64 id,
		     const union kvmppc_one_reg *val)
{
	u64 ciabr = val->dval;

	if ((ciabr & CIABR_PRIV) == CIABR_PRIV_HYPER)
		ciabr &= ~CIABR_PRIV;
	vcpu->arch.ciabr = ciabr;
	return 0;
}

static int get_lpcr(struct kvm_vcpu *vcpu, u64 id, union kvmppc_one_reg *val)
{
	val->wval = lpcr_of(to_hv_vcpu(vcpu));
	return 0;
}

static int get_lpcr_64(struct kvm_vcpu *vcpu, u64 id, union kvmppc_one_reg *val)
{
	val->dval = lpcr_of(to_hv_vcpu(vcpu));
	return 0;
}

static int set_lpcr(struct kvm_vcpu *vcpu, u64 id,
		    const union kvmppc_one_reg *val)
{
	lpcr_set_user(vcpu, val->wval, U32_MAX);
	return 0;
}

static int set_lpcr_64(struct kvm_vcpu *vcpu, u64 id,
		       const union kvmppc_one_reg *val)
{
	lpcr_set_user(vcpu, val->dval, U64_MAX);
	return 0;
}

/*
 * Rounds up, so that the guest's timebase never steps back.
 *
 * dec_expires is a time of the guest's timebase, 0 until something sets it. A VMM that
 * does not know DEC_EXPIRY never sets it for a migrated vCPU. DEC has only the low bits of
 * the time that is left, so with 0 the guest could wait long for its timer. With the
 * present time the timer is due at once, and the guest sets it anew.
 */
static int set_tb_offset(struct kvm_vcpu *vcpu, u64 id,
			 const union kvmppc_one_reg *val)
{
	u64 offset = ALIGN(val->dval, TB_OFFSET_UNIT);

	vcpu->arch.vcore->tb_offset = offset;
	if (offset && !vcpu->arch.dec_expires)
		vcpu->arch.dec_expires = mftb() + offset;
	return 0;
}

static int set_arch_compat(struct kvm_vcpu *vcpu, u64 id,
			   const union kvmppc_one_reg *val)
{
	return arch_compat_set(vcpu, val->wval);
}

static int get_vpa_addr(struct kvm_vcpu *vcpu, u64 id,
			union kvmppc_one_reg *val)
{
	u64 len;

	vpa_get(vcpu, AREA_VPA, &val->dval, &len);
	return 0;
}

static int set_vpa_addr(struct kvm_vcpu *vcpu, u64 id,
			const union kvmppc_one_reg *val)
{
	return vpa_set(vcpu, AREA_VPA, val->dval, sizeof(struct lppaca));
}

static int get_dtl_area(struct kvm_vcpu *vcpu, u64 id, union kvmppc_one_reg *val)
{
	vpa_get(vcpu, AREA_DTL, &val->vpaval.addr, &val->vpaval.length);
	return 0;
}

static int set_dtl_area(struct kvm_vcpu *vcpu, u64 id,
			const union kvmppc_one_reg *val)
{
	return vpa_set(vcpu, AREA_DTL, val->vpaval.addr, val->vpaval.length);
}

static int get_slb_area(struct kvm_vcpu *vcpu, u64 id, union kvmppc_one_reg *val)
{
	vpa_get(vcpu, AREA_SLB, &val->vpaval.addr, &val->vpaval.length);
	return 0;
}

static int set_slb_area(struct kvm_vcpu *vcpu, u64 id,
			const union kvmppc_one_reg *val)
{
	return vpa_set(vcpu, AREA_SLB, val->vpaval.addr, val->vpaval.length);
}

#ifdef CONFIG_PPC_TRANSACTIONAL_MEM
/* VSRs of a transaction's checkpoint: the first 32 contain the FPRs, the others are the VRs. */
static int get_tm_vsr(struct kvm_vcpu *vcpu, u64 id, union kvmppc_one_reg *val)
{
	unsigned int i = id - KVM_REG_PPC_TM_VSR0;

	if (i < 32)
		memcpy(val->vsxval, vcpu->arch.fp_tm.fpr[i], sizeof(val->vsxval));
	else
		val->vval = vcpu->arch.vr_tm.vr[i - 32];
	return 0;
}

static int set_tm_vsr(struct kvm_vcpu *vcpu, u64 id,
		      const union kvmppc_one_reg *val)
{
	unsigned int i = id - KVM_REG_PPC_TM_VSR0;

	if (i < 32)
		memcpy(vcpu->arch.fp_tm.fpr[i], val->vsxval, sizeof(val->vsxval));
	else
		vcpu->arch.vr_tm.vr[i - 32] = val->vval;
	return 0;
}
#endif

/* The columns of a row. The last argument is a member, for instance pmc[0]. */
#define REGS(_id, _count)	.id = KVM_REG_PPC_##_id, .count = (_count)
#define REG(_id)		REGS(_id, 1)
#define FIELD(_home, _type, ...)					\
	.home = _home,							\
	.width = sizeof_field(_type, __VA_ARGS__),			\
	.offset = offsetof(_type, __VA_ARGS__)
#define VCPU(...)	FIELD(IN_VCPU, struct kvm_vcpu, arch.__VA_ARGS__)
#define VCORE(...)	FIELD(IN_VCORE, struct kvmppc_vcore, __VA_ARGS__)
#define VM(...)		FIELD(IN_VM, struct kvm, arch.__VA_ARGS__)
#define CALLS(_get, _set)	.get = _get, .set = _set
#define PM		.facility = HFSCR_PM
#define EBB		.facility = HFSCR_EBB
#define TM		.facility = HFSCR_TM

/* Sorted by id: those of 32 bits, of 64 bits, of 128 bits */
static const struct one_reg one_regs[] = {
	{ REGS(PMC1, 8),	VCPU(pmc[0]), PM },
	{ REG(VSCR),		VCPU(vr.vscr.u[VSCR_WORD]) },
	{ REG(DEBUG_INST),	CALLS(get_debug_inst, set_read_only) },
	{ REGS(SPMC1, 2),	VCPU(spmc[0]) },
	{ REG(PSPB),		VCPU(pspb) },
	{ REG(LPCR),		CALLS(get_lpcr, set_lpcr) },
	{ REG(ARCH_COMPAT),	VCORE(arch_compat), .set = set_arch_compat },
	{ REG(DABRX),		VCPU(dabrx), .drop = DABRX_HYP },
	{ REG(ONLINE),		VCPU(online) },
#ifdef CONFIG_PPC_TRANSACTIONAL_MEM
	{ REG(TM_VSCR),		VCPU(vr_tm.vscr.u[VSCR_WORD]), TM },
#endif

	{ REG(HIOR),		CALLS(get_zero, set_zero) },
	{ REG(DABR),		VCPU(dabr) },
	{ REG(DSCR),		VCPU(dscr) },
	{ REG(PURR),		VCPU(purr) },
	{ REG(SPURR),		VCPU(spurr) },
	{ REG(AMR),		VCPU(amr) },
	{ REG(UAMOR),		VCPU(uamor) },
	{ REGS(MMCR0, 2),	VCPU(mmcr[0]), PM },
	{ REG(MMCRA),		VCPU(mmcra), PM },
	{ REG(MMCR2),		VCPU(mmcr[2]), PM },
	{ REG(MMCRS),		VCPU(mmcrs) },
	{ REG(SIAR),		VCPU(siar), PM },
	{ REG(SDAR),		VCPU(sdar), PM },
	{ REG(SIER),		VCPU(sier[0]), PM },
	{ REG(VPA_ADDR),	CALLS(get_vpa_addr, set_vpa_addr) },
	{ REG(TB_OFFSET),	VCORE(tb_offset), .set = set_tb_offset },
	{ REG(IAMR),		VCPU(iamr) },
#ifdef CONFIG_PPC_TRANSACTIONAL_MEM
	{ REG(TFHAR),		VCPU(tfhar), TM },
	{ REG(TFIAR),		VCPU(tfiar), TM },
	{ REG(TEXASR),		VCPU(texasr), TM },
#endif
	{ REG(FSCR),		VCPU(fscr) },
	{ REG(EBBHR),		VCPU(ebbhr), EBB },
	{ REG(EBBRR),		VCPU(ebbrr), EBB },
	{ REG(BESCR),		VCPU(bescr), EBB },
	{ REG(DPDES),		VCPU(doorbell_request), .drop = ~1ULL },
	{ REG(DAWR),		VCPU(dawr0) },
	{ REG(DAWRX),		VCPU(dawrx0), .drop = DAWRX_HYP },
	{ REG(CIABR),		VCPU(ciabr), .set = set_ciabr },
	{ REG(VTB),		VCORE(vtb) },
	{ REG(CSIGR),		VCPU(csigr) },
	{ REG(TACR),		VCPU(tacr) },
	{ REG(TCSCR),		VCPU(tcscr) },
	{ REG(PID),		VCPU(pid) },
	{ REG(ACOP),		VCPU(acop) },
	{ REG(LPCR_64),		CALLS(get_lpcr_64, set_lpcr_64) },
	{ REG(PPR),		VCPU(ppr) },
	{ REG(WORT),		VCPU(wort) },
	{ REG(TIDR),		VCPU(tid) },
	{ REG(PSSCR),		VCPU(psscr), .drop = ~PSSCR_GUEST_VIS },
	{ REG(DEC_EXPIRY),	VCPU(dec_expires) },
	{ REG(PTCR),		VM(l1_ptcr) },
	{ REG(MMCR3),		VCPU(mmcr[3]), PM },
	{ REGS(SIER2, 2),	VCPU(sier[1]), PM },
	{ REG(DAWR1),		VCPU(dawr1) },
	{ REG(DAWRX1),		VCPU(dawrx1), .drop = DAWRX_HYP },
	{ REG(DEXCR),		VCPU(dexcr) },
	{ REG(HASHKEYR),	VCPU(hashkeyr) },
	{ REG(HASHPKEYR),	VCPU(hashpkeyr) },
#ifdef CONFIG_PPC_TRANSACTIONAL_MEM
	{ REGS(TM_GPR0, 32),	VCPU(gpr_tm[0]), TM },
	{ REG(TM_CR),		VCPU(cr_tm), TM },
	{ REG(TM_LR),		VCPU(lr_tm), TM },
	{ REG(TM_CTR),		VCPU(ctr_tm), TM },
	{ REG(TM_FPSCR),	VCPU(fp_tm.fpscr), TM },
	{ REG(TM_AMR),		VCPU(amr_tm), TM },
	{ REG(TM_PPR),		VCPU(ppr_tm), TM },
	{ REG(TM_VRSAVE),	VCPU(vrsave_tm), TM },
	{ REG(TM_DSCR),		VCPU(dscr_tm), TM },
	{ REG(TM_TAR),		VCPU(tar_tm), TM },
	{ REG(TM_XER),		VCPU(xer_tm), TM },
#endif

	{ REG(VPA_SLB),		CALLS(get_slb_area, set_slb_area) },
	{ REG(VPA_DTL),		CALLS(get_dtl_area, set_dtl_area) },
#ifdef CONFIG_PPC_TRANSACTIONAL_MEM
	{ REGS(TM_VSR0, 64),	CALLS(get_tm_vsr, set_tm_vsr), TM },
#endif
};

static int compare_id(const void *key, const void *elem)
{
	const u64 id = *(const u64 *)key;
	const struct one_reg *reg = elem;

	if (id < reg->id)
		return -1;
	return id >= reg->id + reg->count;
}

static const struct one_reg *find(const struct kvm_vcpu *vcpu, u64 id)
{
	const struct one_reg *reg = bsearch(&id, one_regs, ARRAY_SIZE(one_regs),
					    sizeof(one_regs[0]), compare_id);

	if (reg && reg->facility & HFSCR_TM & ~vcpu->arch.hfscr_permitted)
		return NULL;
	return reg;
}

static void *field_of(struct kvm_vcpu *vcpu, const struct one_reg *reg, u64 id)
{
	void *homes[] = {
		[IN_VCPU] = vcpu,
		[IN_VCORE] = vcpu->arch.vcore,
		[IN_VM] = vcpu->kvm,
	};

	return homes[reg->home] + reg->offset + (id - reg->id) * reg->width;
}

static u64 read_field(const void *field, u8 width)
{
	switch (width) {
	case sizeof(u8):
		return READ_ONCE(*(const u8 *)field);
	case sizeof(u32):
		return READ_ONCE(*(const u32 *)field);
	default:
		return READ_ONCE(*(const u64 *)field);
	}
}

static void write_field(void *field, u8 width, u64 val)
{
	switch (width) {
	case sizeof(u8):
		WRITE_ONCE(*(u8 *)field, val);
		break;
	case sizeof(u32):
		WRITE_ONCE(*(u32 *)field, val);
		break;
	default:
		WRITE_ONCE(*(u64 *)field, val);
		break;
	}
}

static bool id_is_32bit(u64 id)
{
	return (id & KVM_REG_SIZE_MASK) == KVM_REG_SIZE_U32;
}

/*
 * one_reg_get - read one register of a vCPU
 * @id: KVM_REG_PPC_*, or any value that user space made up
 * @val: the value goes to the member that has the id's width
 *
 * Return: 0, or -EINVAL if the backend has no such register.
 * Context: vcpu->mutex.
 */
int one_reg_get(struct kvm_vcpu *vcpu, u64 id, union kvmppc_one_reg *val)
{
	const struct one_reg *reg = find(vcpu, id);
	u64 v;

	lockdep_assert_held(&vcpu->mutex);
	if (!reg)
		return -EINVAL;
	if (reg->get)
		return reg->get(vcpu, id, val);

	v = read_field(field_of(vcpu, reg, id), reg->width);
	if (id_is_32bit(id))
		val->wval = v;
	else
		val->dval = v;
	return 0;
}

/*
 * one_reg_set - write one register of a vCPU
 * @id: KVM_REG_PPC_*, or any value that user space made up
 * @val: any value, in the member that has the id's width
 *
 * Bits that user space cannot set are dropped, not refused: a VMM can write back what it
 * has read on another host.
 *
 * Return: 0, or -EINVAL if the backend has no such register or refuses the value; the
 * register then keeps its value.
 * Context: vcpu->mutex.
 */
int one_reg_set(struct kvm_vcpu *vcpu, u64 id, union kvmppc_one_reg *val)
{
	const struct one_reg *reg = find(vcpu, id);
	void *field;
	u64 v;

	lockdep_assert_held(&vcpu->mutex);
	if (!reg)
		return -EINVAL;
	if (reg->set)
		return reg->set(vcpu, id, val);

	v = (id_is_32bit(id) ? val->wval : val->dval) & ~reg->drop;
	field = field_of(vcpu, reg, id);
	if (read_field(field, reg->width) != v)
		vcpu->arch.hfscr |= reg->facility & vcpu->arch.hfscr_permitted;
	write_field(field, reg->width, v);
	return 0;
}
