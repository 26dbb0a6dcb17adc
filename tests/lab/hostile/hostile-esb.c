// SPDX-License-Identifier: GPL-2.0-only
/*
 * A VMM maps the pages of XIVE's interrupt sources for its guest. Such a slot consists of
 * registers, where a load of the wrong size is a machine check. When the guest passes such an
 * address to a hypercall, or seems to execute an instruction there, the host must not make that
 * load. A VMM that means harm maps the registers over the memory of a slot that is there already.
 *
 * lab: machine=powernv9 kernel=64k smp=2 backend=ours
 * lab: machine=powernv9 kernel=4k smp=2 backend=ours
 */
#include <endian.h>
#include <errno.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "fixture.h"
#include "tap.h"

GUEST(hcall6);
GUEST(esb_moved_code);

#define H_PAGE_INIT		0x2c
#define H_PUT_TCE_INDIRECT	0x13c
#define H_RTAS			0xf000
#define H_COPY_PAGE		(1ull << 14)
#define H_ZERO_PAGE		(1ull << 15)
#define LIOBN			0x80000001u
#define IRQ			16
#define ESB_GPA			0x11000000ull
/* the last bytes of the page before: what starts there ends in a register */
#define OVER_THE_EDGE		(ESB_GPA - 16)

#define ARG(n)	((u64)(long)(n))

static int run(struct fixture *f, u64 nr, u64 a, u64 b, u64 c, u64 d)
{
	const u64 args[] = { nr, a, b, c, d, 0, 0 };
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(args); i++)
		vcpu_set_gpr(&f->vcpu, 20 + i, args[i]);
	vcpu_set_entry(&f->vcpu, GUEST_CODE, MSR_REAL);
	return vcpu_run(&f->vcpu);
}

/* r3, if the kernel answers the hypercall; else the number of the hypercall */
static u64 answer(struct fixture *f, u64 nr, u64 a, u64 b, u64 c, u64 d)
{
	int rc = run(f, nr, a, b, c, d);

	if (rc != KVM_EXIT_PAPR_HCALL)
		return rc;
	return f->vcpu.run->papr_hcall.nr == REPORT_VALUE ? vcpu_hcall_arg(&f->vcpu, 0) :
							    f->vcpu.run->papr_hcall.nr;
}

/*
 * Makes slot 4 of the two pages of source IRQ.
 * @late: the slot is made on memory; the pages replace the memory afterwards
 */
static void map_sources(struct fixture *f, int device, bool late)
{
	const size_t page = sysconf(_SC_PAGESIZE), size = 2 * (IRQ + 1) * page;
	struct kvm_device_attr source = { .group = KVM_DEV_XIVE_GRP_SOURCE, .attr = IRQ };
	char *all = vmm_memory(size, PAGE_64K), *own = all + 2 * IRQ * page;
	u64 edge = 0;
	int rc = 0;

	source.addr = (u64)&edge;
	if (ioctl(device, KVM_SET_DEVICE_ATTR, &source))
		tap_bail("XIVE source: %s", strerror(errno));
	if (late)
		rc = vm_set_slot(&f->vm, 4, ESB_GPA, own, 2 * page, 0);
	if (mmap(all, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED, device,
		 KVM_XIVE_ESB_PAGE_OFFSET * page) == MAP_FAILED)
		tap_bail("mmap of the XIVE sources: %s", strerror(errno));
	if (!late)
		rc = vm_set_slot(&f->vm, 4, ESB_GPA, own, 2 * page, 0);
	if (rc)
		tap_bail("the sources' memory slot: %s", strerror(-rc));
	rc = vm_set_slot(&f->vm, 5, ESB_GPA - PAGE_64K, vmm_memory(PAGE_64K, PAGE_64K), PAGE_64K,
			 0);
	if (rc)
		tap_bail("the memory slot before it: %s", strerror(-rc));
}

static void enable(struct fixture *f, u64 nr)
{
	struct kvm_enable_cap cap = { .cap = KVM_CAP_PPC_ENABLE_HCALL, .args = { nr, 1 } };

	if (vm_ioctl(&f->vm, KVM_ENABLE_CAP, &cap))
		tap_bail("hypercall %#llx: not there", (unsigned long long)nr);
}

static int start_xive(struct fixture *f)
{
	struct kvm_create_device create = { .type = KVM_DEV_TYPE_XIVE };

	if (vm_ioctl(&f->vm, KVM_CREATE_DEVICE, &create))
		tap_bail("KVM_CREATE_DEVICE: %s", strerror(errno));
	return create.fd;
}

static void hypercalls(bool late)
{
	struct kvm_create_spapr_tce_64 tce = { .liobn = LIOBN, .page_shift = 12, .size = 16 };
	struct kvm_rtas_token_args token = { .name = "ibm,set-xive", .token = 0x2001 };
	struct fixture f;
	u64 i, value = ESB_GPA;
	int device;

	tap_diag("%s", late ? "registers that replace memory" : "registers from the start");
	fixture_real(&f, hcall6);
	device = start_xive(&f);
	if (vm_ioctl(&f.vm, KVM_PPC_RTAS_DEFINE_TOKEN, &token))
		tap_bail("RTAS token");
	enable(&f, H_PAGE_INIT);
	enable(&f, H_PUT_TCE_INDIRECT);
	map_sources(&f, device, late);

	tap_is(answer(&f, H_PAGE_INIT, H_COPY_PAGE, FIXTURE_FREE, ESB_GPA, 0), ARG(H_PARAMETER),
	       "H_PAGE_INIT from a device's registers");
	tap_is(answer(&f, H_PAGE_INIT, H_COPY_PAGE, ESB_GPA, FIXTURE_FREE, 0), ARG(H_PARAMETER),
	       "H_PAGE_INIT to a device's registers");
	tap_is(answer(&f, H_PAGE_INIT, H_ZERO_PAGE, ESB_GPA, 0, 0), ARG(H_PARAMETER),
	       "H_PAGE_INIT that zeroes a device's registers");
	tap_is(answer(&f, H_PAGE_INIT, H_COPY_PAGE, FIXTURE_FREE, ESB_GPA - PAGE_64K, 0), H_SUCCESS,
	       "H_PAGE_INIT from the memory before the registers");
	for (i = 0; i < 4; i++)
		tap_is(answer(&f, H_REGISTER_VPA, i << 45, 0, ESB_GPA + 0x80 * i, 0),
		       ARG(H_PARAMETER), "H_REGISTER_VPA %llu in the registers",
		       (unsigned long long)i);
	if (vm_ioctl(&f.vm, KVM_CREATE_SPAPR_TCE_64, &tce) >= 0)
		tap_is(answer(&f, H_PUT_TCE_INDIRECT, LIOBN, 0, ESB_GPA, 4), H_PUT_TCE_INDIRECT,
		       "H_PUT_TCE_INDIRECT with the list in the registers goes to user space");

	/* RTAS cannot report an error: KVM_RUN fails */
	tap_is(run(&f, H_RTAS, ESB_GPA + 4, 0, 0, 0), ARG(-EFAULT), "RTAS arguments in the registers");
	tap_is(run(&f, H_RTAS, OVER_THE_EDGE, 0, 0, 0), ARG(-EFAULT),
	       "RTAS arguments that reach into the registers");
	tap_is(vcpu_set_one(&f.vcpu, KVM_REG_PPC_VPA_ADDR, &value), 0, "KVM_REG_PPC_VPA_ADDR in the registers");
	tap_is(answer(&f, H_PROD, 0, 0, 0, 0), H_SUCCESS, "the guest runs");
	tap_is(vcpu_reg(&f.vcpu, KVM_REG_PPC_VPA_ADDR), 0, "the vCPU has no VPA");
	close(device);
	fixture_end(&f);
}

/*
 * The guest changes the page-table entry of its own code, without tlbie, and loads where there
 * is no memory. The host looks for the instruction where the entry leads now, must not load it,
 * and lets the guest do so: the interrupt is the guest's. A processor fetches nothing from
 * registers (0x400), QEMU does (0x200).
 */
static void instruction(bool late)
{
	struct fixture f;
	u64 pte, leaf;
	int device, rc;

	fixture_virt(&f, esb_moved_code);
	device = start_xive(&f);
	map_sources(&f, device, late);
	leaf = mmu_radix_leaf(&f.mmu, 0, KERNEL_EA + GUEST_CODE);
	pte = be64toh(*(u64 *)vm_ptr(&f.vm, leaf, sizeof(u64)));
	vcpu_set_gpr(&f.vcpu, 20, KERNEL_EA + leaf);
	vcpu_set_gpr(&f.vcpu, 21, htobe64(pte - GUEST_CODE + ESB_GPA));
	vcpu_set_gpr(&f.vcpu, 22, KERNEL_EA + FIXTURE_MMIO);
	do
		rc = vcpu_run(&f.vcpu);
	while (rc == -EINTR);
	tap_is(rc, KVM_EXIT_PAPR_HCALL, "an instruction in the registers: KVM_RUN returns");
	tap_ok(f.vcpu.run->papr_hcall.nr == REPORT_TRAP + 0x200 ||
	       f.vcpu.run->papr_hcall.nr == REPORT_TRAP + 0x400,
	       "the guest gets an interrupt for its own fetch");
	close(device);
	fixture_end(&f);
}

int main(void)
{
	tap_start(60);
	instruction(false);
	instruction(true);
	hypercalls(false);
	hypercalls(true);
	return tap_done();
}
