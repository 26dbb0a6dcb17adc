/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A small VMM over /dev/kvm for tests of PAPR guests on Book3S: little-endian guests, RAM from
 * guest real address 0, one guest image that is copied to memory.  Guests are radix guests
 * where the host supports them, else hash guests.
 *
 * Functions that return int return 0 (or what their comment says) or -errno, so that a test
 * can check a refusal.  Functions that return nothing, or a pointer, end the test with "Bail
 * out!" when they fail.
 */
#ifndef TESTS_VMM_H
#define TESTS_VMM_H

#include <linux/kvm.h>
#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

typedef uint8_t u8;
typedef uint16_t u16;
typedef uint32_t u32;
typedef uint64_t u64;

/* Of Linux 6.11; Debian 12's headers are older */
#ifndef KVM_REG_PPC_DEXCR
#define KVM_REG_PPC_DEXCR	(KVM_REG_PPC | KVM_REG_SIZE_U64 | 0xc6)
#define KVM_REG_PPC_HASHKEYR	(KVM_REG_PPC | KVM_REG_SIZE_U64 | 0xc7)
#define KVM_REG_PPC_HASHPKEYR	(KVM_REG_PPC | KVM_REG_SIZE_U64 | 0xc8)
#endif

#define ARRAY_SIZE(a)	(sizeof(a) / sizeof((a)[0]))

/* MSR bits, by the Power ISA's names */
#define MSR_SF		(1ull << 63)
#define MSR_HV		(1ull << 60)
#define MSR_VEC		(1ull << 25)
#define MSR_VSX		(1ull << 23)
#define MSR_EE		(1ull << 15)
#define MSR_PR		(1ull << 14)
#define MSR_FP		(1ull << 13)
#define MSR_ME		(1ull << 12)
#define MSR_IR		(1ull << 5)
#define MSR_DR		(1ull << 4)
#define MSR_RI		(1ull << 1)
#define MSR_LE		(1ull << 0)

/* How a little-endian kernel starts: 64 bits, machine checks on, real mode */
#define MSR_REAL	(MSR_SF | MSR_ME | MSR_RI | MSR_LE)
#define MSR_VIRT	(MSR_REAL | MSR_IR | MSR_DR)
#define MSR_USER	(MSR_VIRT | MSR_PR | MSR_EE)

#define LPCR_ILE	(1ull << 25)

/* Exit reasons of KVM_RUN that are counted one by one */
#define VMM_EXITS	64

struct vm {
	int kvm;		/* /dev/kvm */
	int fd;
	void *ram;		/* slot 0: guest real addresses from 0 */
	size_t ram_size;
	struct hpt *hpt;	/* a hash guest's table; NULL: a radix guest */
};

struct vcpu {
	struct vm *vm;
	int fd;
	u32 id;
	struct kvm_run *run;
	size_t run_size;
	u64 exits[VMM_EXITS];	/* returns of KVM_RUN by exit reason */
	u64 interrupted;	/* returns of KVM_RUN with EINTR */
	u64 failed;		/* ... with any other error */
};

/* --- VM ------------------------------------------------------------------ */

/*
 * A VM with @ram_size bytes of anonymous memory, interrupt vectors that report
 * (guests/vectors.S) and the MMU configured for real mode.
 *
 * A hash guest in real mode sees those memory slots that are in the first 2^40 bytes, and
 * FIXTURE_MMIO.  "mmu=hash" in the environment makes hash guests on a host that supports both.
 */
void vm_create(struct vm *vm, size_t ram_size);

/* Does vm_create() make hash guests? */
bool vmm_hash_guests(void);

/* The same without memory, vectors and MMU. */
void vm_create_bare(struct vm *vm);
void vm_destroy(struct vm *vm);

int vm_ioctl(struct vm *vm, unsigned long request, void *arg);

/*
 * KVM_SET_USER_MEMORY_REGION; size 0 deletes the slot.  @flags are KVM_MEM_*.
 * A hash guest needs an entry of its table for each page that is new to it, and
 * these can be made only while no vCPU is in KVM_RUN.
 */
int vm_set_slot(struct vm *vm, u32 slot, u64 gpa, void *hva, size_t size, u32 flags);

/* KVM_GET_DIRTY_LOG: one bit per host page, cleared by reading */
int vm_dirty_log(struct vm *vm, u32 slot, void *bitmap);

/*
 * KVM_PPC_CONFIGURE_V3_MMU.  @table is the guest real address of the process
 * table, 0 for a guest that has none yet; its size is 2^(12 + @size_order).
 */
int vm_configure_radix(struct vm *vm, u64 table, unsigned int size_order);

/* Address in this process of guest real address @gpa in slot 0 */
void *vm_ptr(struct vm *vm, u64 gpa, size_t size);
void vm_load(struct vm *vm, u64 gpa, const void *start, const void *end);

/* Anonymous memory of the VMM, aligned to @align */
void *vmm_memory(size_t size, size_t align);

/* --- guest images (see guests/guest.h) ----------------------------------- */

#define GUEST(name)	extern const char guest_##name[], guest_##name##_end[]
#define vm_load_guest(vm, gpa, name) \
	vm_load(vm, gpa, guest_##name, guest_##name##_end)

/* --- vCPU ---------------------------------------------------------------- */

/* A vCPU with PAPR mode on and little-endian interrupts */
void vcpu_create(struct vm *vm, struct vcpu *vcpu, u32 id);

/* KVM_CREATE_VCPU and its mapping, nothing else */
int vcpu_create_bare(struct vm *vm, struct vcpu *vcpu, u32 id);
void vcpu_destroy(struct vcpu *vcpu);

int vcpu_ioctl(struct vcpu *vcpu, unsigned long request, void *arg);
int vcpu_enable_cap(struct vcpu *vcpu, u32 cap, u64 arg0, u64 arg1);
void vcpu_get_regs(struct vcpu *vcpu, struct kvm_regs *regs);
void vcpu_set_regs(struct vcpu *vcpu, const struct kvm_regs *regs);

/* Sets where and in which state the guest goes on; the other registers keep their values. */
void vcpu_set_entry(struct vcpu *vcpu, u64 pc, u64 msr);
void vcpu_set_gpr(struct vcpu *vcpu, unsigned int gpr, u64 value);
u64 vcpu_gpr(struct vcpu *vcpu, unsigned int gpr);

/* @value is as wide as the id says: 4, 8 or 16 bytes */
int vcpu_get_one(struct vcpu *vcpu, u64 id, void *value);
int vcpu_set_one(struct vcpu *vcpu, u64 id, const void *value);

/* Registers of up to 8 bytes, by value */
u64 vcpu_reg(struct vcpu *vcpu, u64 id);
void vcpu_set_reg(struct vcpu *vcpu, u64 id, u64 value);

/* One KVM_RUN: the exit reason, or -errno.  Counted either way. */
int vcpu_run(struct vcpu *vcpu);

/* The same for a test that called KVM_RUN itself: @rc is 0 or -errno. */
int vcpu_ran(struct vcpu *vcpu, int rc);

/* No hypercall has this number */
#define HCALL_NONE	(~0ull)

/*
 * Runs until the guest makes a hypercall that reaches user space, and returns its number. A
 * signal does not end the run.  Any other end of KVM_RUN is printed with the guest's registers,
 * and HCALL_NONE is returned.
 */
u64 vcpu_run_hcall(struct vcpu *vcpu);

/* Argument r4 + @index of the hypercall that KVM_RUN returned with */
u64 vcpu_hcall_arg(struct vcpu *vcpu, unsigned int index);
void vcpu_hcall_return(struct vcpu *vcpu, u64 r3);

/* Registers as comment lines */
void vcpu_show(struct vcpu *vcpu);
const char *vmm_exit_name(u32 exit_reason);

#endif
