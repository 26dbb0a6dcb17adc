// SPDX-License-Identifier: GPL-2.0-only
/*
 * A fuzzer for everything that a guest can do: hypercalls with sensible arguments and with absurd
 * ones, loads and stores at every edge of memory, doorbells, tlbie, from several vCPUs at once,
 * with XICS, XIVE or no interrupt controller. Meanwhile the VMM moves the memory, raises
 * interrupts and sends signals.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "fuzz_steps.h"
#include "hcall_args.h"
#include "host.h"
#include "hpt.h"
#include "tap.h"
#include "thread.h"

GUEST(fuzz);
GUEST(fuzz_vectors);

#define MUTATOR		4	/* thread numbers */
#define SETUP		5

/* Guest real memory besides that of fuzz_steps.h */
#define SCRIPTS		0x200000
#define SCRIPT_SIZE	0x10000

#define SIGNAL_US	5000

enum { COUNT_HCALLS, COUNT_USER, COUNT_MMIO, COUNT_ERRORS, COUNT_RESTARTS, COUNT_TRAPS,
	COUNT_HASH, COUNT_LOST,
	COUNT_SUCCESS = 16 /* + row of hcall_args */ };

enum controller { NONE, XICS, XIVE };

struct guest_cpu {
	struct vcpu vcpu;
	struct vcpu_thread runner;
	struct fuzz_thread *fuzz;
	struct machine *machine;
	struct fuzz_script *script;
	u64 batches, seen, stuck;
	volatile bool done;
};

struct machine {
	struct fixture f;
	struct fuzz_episode *episode;
	enum controller controller;
	int device;
	int htab;			/* the table of a hash guest, to read */
	unsigned int vcpus;
	void *slots;			/* memory of slots 1 to 3 */
	struct guest_cpu cpus[MAX_VCPUS];
};

static u64 page;

/* --- a guest that runs ------------------------------------------------------ */

/* The guest starts at the script's next step, in every other script with translation on. */
static void restart(struct guest_cpu *cpu)
{
	struct vm *vm = cpu->vcpu.vm;
	u64 base = cpu->batches & 1 ? KERNEL_EA : 0;
	u64 msr = (base ? MSR_VIRT : MSR_REAL) | MSR_FP | MSR_VEC | MSR_VSX;
	struct kvm_regs regs = { 0 };

	vm_load_guest(vm, 0, fuzz_vectors);
	vm_load_guest(vm, GUEST_CODE, fuzz);
	regs.pc = base + GUEST_CODE;
	regs.msr = msr;
	regs.gpr[29] = regs.pc;
	regs.gpr[30] = msr;
	regs.gpr[31] = base + SCRIPTS + cpu->vcpu.id * SCRIPT_SIZE;
	vcpu_set_regs(&cpu->vcpu, &regs);
}

static void next_script(struct guest_cpu *cpu)
{
	volatile u64 *counts = cpu->machine->episode->counts;
	struct fuzz_script *script = cpu->script;
	unsigned int i, row;

	__atomic_fetch_add(&counts[COUNT_HCALLS], script->answered, __ATOMIC_RELAXED);
	__atomic_fetch_add(&counts[COUNT_TRAPS], script->traps, __ATOMIC_RELAXED);
	for (i = 0; i < FUZZ_BATCH; i++)
		for (row = 0; row < hcall_args_count; row++)
			if (script->steps[i].op == FUZZ_HCALL && !script->steps[i].answer &&
			    script->steps[i].regs[0] == hcall_args[row].nr)
				counts[COUNT_SUCCESS + row]++;

	cpu->batches++;
	for (i = 0; i < FUZZ_BATCH; i++)
		fuzz_make_step(cpu->vcpu.vm, cpu->fuzz, cpu->vcpu.id, cpu->batches & 1,
			       &script->steps[i]);
	script->answered = 0;
	script->traps = 0;
	script->next = 0;
	restart(cpu);
}

static void count(struct guest_cpu *cpu, unsigned int which)
{
	__atomic_fetch_add(&cpu->machine->episode->counts[which], 1, __ATOMIC_RELAXED);
}

static void show_step(struct guest_cpu *cpu)
{
	u64 next = cpu->script->next;
	const struct fuzz_script_step *s = &cpu->script->steps[next ? (next - 1) % FUZZ_BATCH : 0];

	fuzz_step(cpu->fuzz, "in the guest: op, r3, r4, r5", s->op, s->regs[0], s->regs[1],
		  s->regs[2]);
}

static void answer_hcall(struct guest_cpu *cpu)
{
	static const long answers[] = { H_FUNCTION, H_PARAMETER, H_HARDWARE, 1 };
	unsigned int i;

	count(cpu, COUNT_USER);
	vcpu_hcall_return(&cpu->vcpu, answers[cpu->seen++ % ARRAY_SIZE(answers)]);
	for (i = 0; i < 9; i++)
		cpu->vcpu.run->papr_hcall.args[i] = i;
}

static bool handle(struct vcpu_thread *runner, int reason)
{
	struct guest_cpu *cpu = runner->data;
	u64 steps = cpu->batches * FUZZ_BATCH + cpu->script->next;

	if (steps == cpu->fuzz->steps)
		cpu->stuck += reason == -EINTR;
	else
		cpu->stuck = 0;
	cpu->fuzz->steps = steps;
	show_step(cpu);

	switch (reason) {
	case KVM_EXIT_PAPR_HCALL:
		if (cpu->vcpu.run->papr_hcall.nr != REPORT_STEP || cpu->script->next < FUZZ_BATCH) {
			answer_hcall(cpu);
			break;
		}
		vcpu_hcall_return(&cpu->vcpu, 0);
		if (steps >= cpu->machine->episode->steps) {
			cpu->done = true;
			return false;
		}
		/*
		 * KVM stores the result of the hypercall at the next entry, so that is done first
		 */
		cpu->vcpu.run->immediate_exit = 1;
		vcpu_run(&cpu->vcpu);
		cpu->vcpu.run->immediate_exit = 0;
		next_script(cpu);
		break;
	case KVM_EXIT_MMIO:
		count(cpu, COUNT_MMIO);
		memset(cpu->vcpu.run->mmio.data, 0x7e, sizeof(cpu->vcpu.run->mmio.data));
		break;
	case -EINTR:
		if (cpu->stuck < 200)
			break;
		cpu->stuck = 0;
		count(cpu, COUNT_RESTARTS);
		restart(cpu);
		break;
	default:
		count(cpu, COUNT_ERRORS);
		restart(cpu);
	}
	return true;
}

/* --- what goes on around it --------------------------------------------------- */

static void set_slots(struct machine *m, struct fuzz_thread *t)
{
	u32 flags = fuzz_once_in(t, 2) ? KVM_MEM_LOG_DIRTY_PAGES : 0;
	u32 slot = 1 + fuzz_below(t, 3);
	u64 gpa = slot == 3 ? TOP_GPA : SLOT_GPA + (slot - 1) * SLOT_PAGES * page;
	char *memory = (char *)m->slots + (slot - 1) * PAGE_2M;
	size_t size = slot == 3 ? PAGE_2M : SLOT_PAGES * page;
	struct kvm_userspace_memory_region region = {
		.slot = slot,
		.flags = flags,
		.guest_phys_addr = gpa,
		.memory_size = size,
		.userspace_addr = (u64)memory,
	};

	fuzz_step(t, "memory slot", slot, gpa, size, flags);
	if (fuzz_once_in(t, 3))
		region.memory_size = 0;
	/*
	 * not vm_set_slot(): it makes entries in a hash guest's table, and the guest must not run
	 * then
	 */
	vm_ioctl(&m->f.vm, KVM_SET_USER_MEMORY_REGION, &region);
}

static void set_irq(struct machine *m, struct fuzz_thread *t)
{
	struct kvm_irq_level level = {
		.irq = FIRST_IRQ + fuzz_below(t, IRQS + 1),
		.level = fuzz_below(t, 2),
	};

	fuzz_step(t, "KVM_IRQ_LINE", level.irq, level.level, 0, 0);
	vm_ioctl(&m->f.vm, KVM_IRQ_LINE, &level);
}

static void set_register(struct machine *m, struct fuzz_thread *t)
{
	static const u64 ids[] = {
		KVM_REG_PPC_TB_OFFSET, KVM_REG_PPC_VPA_ADDR, KVM_REG_PPC_DEC_EXPIRY,
		KVM_REG_PPC_LPCR_64, KVM_REG_PPC_ICP_STATE, KVM_REG_PPC_ARCH_COMPAT,
	};
	struct vcpu *vcpu = &m->cpus[fuzz_below(t, m->vcpus)].vcpu;
	u64 id = ids[fuzz_below(t, ARRAY_SIZE(ids))];
	u64 value[2] = { fuzz_any(t), fuzz_any(t) };

	if (id == KVM_REG_PPC_VPA_ADDR)
		value[0] = fuzz_harmless(value[0]);
	/*
	 * kvm.ko: the state of a presenter that the vCPU does not have is a WARN (see
	 * docs/hostile.md)
	 */
	if (id == KVM_REG_PPC_ICP_STATE && m->controller != XICS)
		id = KVM_REG_PPC_VP_STATE;
	/* POWER8 at least: nothing older runs this guest's code */
	if (id == KVM_REG_PPC_ARCH_COMPAT)
		value[0] = 0;
	/* the byte order of interrupts stays */
	if (id == KVM_REG_PPC_LPCR_64)
		value[0] |= LPCR_ILE;
	fuzz_step(t, "KVM_SET_ONE_REG", id, value[0], value[1], vcpu->id);
	vcpu_set_one(vcpu, id, value);
}

static void drop_pages(struct machine *m, struct fuzz_thread *t)
{
	u64 offset = fuzz_below(t, (FIXTURE_RAM - FIXTURE_FREE) / PAGE_64K) * PAGE_64K;

	fuzz_step(t, "madvise", offset, 0, 0, 0);
	madvise((char *)m->f.vm.ram + FIXTURE_FREE + offset, PAGE_64K, MADV_DONTNEED);
}

/* A hash guest's table is resized to about its size, and read. */
static void use_table(struct machine *m, struct fuzz_thread *t)
{
	static const u32 prepare[] = { HPT_TABLE_ORDER, HPT_TABLE_ORDER, 0, 17, 18, 20, 47 };
	static const u32 commit[] = { HPT_TABLE_ORDER, HPT_TABLE_ORDER, 0, 17, 47 };
	struct kvm_ppc_resize_hpt hpt = { .flags = fuzz_once_in(t, 8) };
	static char text[16384];
	ssize_t n;

	switch (fuzz_below(t, 3)) {
	case 0:
		hpt.shift = prepare[fuzz_below(t, ARRAY_SIZE(prepare))];
		fuzz_step(t, "KVM_PPC_RESIZE_HPT_PREPARE", hpt.shift, hpt.flags, 0, 0);
		vm_ioctl(&m->f.vm, KVM_PPC_RESIZE_HPT_PREPARE, &hpt);
		break;
	case 1:
		/* in a table of another size the VMM's entries would be in other places */
		hpt.shift = commit[fuzz_below(t, ARRAY_SIZE(commit))];
		fuzz_step(t, "KVM_PPC_RESIZE_HPT_COMMIT", hpt.shift, hpt.flags, 0, 0);
		vm_ioctl(&m->f.vm, KVM_PPC_RESIZE_HPT_COMMIT, &hpt);
		break;
	default:
		fuzz_step(t, "read the table", 0, 0, 0, 0);
		n = read(m->htab, text, fuzz_below(t, sizeof(text)));
		if (n < 0)
			tap_bail("reading the table: %s", strerror(errno));
	}
}

static void mutate(struct machine *m, struct fuzz_thread *t)
{
	static u64 bitmap[PAGE_2M / 4096 / 64];
	struct guest_cpu *cpu = &m->cpus[fuzz_below(t, m->vcpus)];
	u32 interrupt;

	switch (fuzz_below(t, 10)) {
	case 0:
	case 1:
		set_slots(m, t);
		break;
	case 2:
		set_irq(m, t);
		break;
	case 3:
		set_register(m, t);
		break;
	case 4:
		drop_pages(m, t);
		break;
	case 5:
		fuzz_step(t, "KVM_GET_DIRTY_LOG", 0, 0, 0, 0);
		vm_dirty_log(&m->f.vm, 1 + fuzz_below(t, 3), bitmap);
		break;
	case 6:
		interrupt = fuzz_once_in(t, 2) ? KVM_INTERRUPT_SET : KVM_INTERRUPT_UNSET;
		fuzz_step(t, "KVM_INTERRUPT", interrupt, 0, 0, 0);
		vcpu_ioctl(&cpu->vcpu, KVM_INTERRUPT, &interrupt);
		break;
	case 7:
		if (m->f.vm.hpt) {
			use_table(m, t);
			break;
		}
		fuzz_step(t, "KVM_PPC_CONFIGURE_V3_MMU", 0, 0, 0, 0);
		vm_configure_radix(&m->f.vm, m->f.mmu.process_table, 0);
		break;
	default:
		fuzz_step(t, "signal", cpu->vcpu.id, 0, 0, 0);
		if (!cpu->done)
			thread_kick(&cpu->runner);
	}
}

/* --- a machine ------------------------------------------------------------------ */

static int device_set(struct machine *m, u32 group, u64 attr, void *value)
{
	struct kvm_device_attr a = { .group = group, .attr = attr, .addr = (u64)value };

	return ioctl(m->device, KVM_SET_DEVICE_ATTR, &a);
}

static void map_device(struct machine *m, u32 slot, u64 gpa, u64 offset, u64 pages)
{
	void *p = mmap(NULL, pages * page, PROT_READ | PROT_WRITE, MAP_SHARED, m->device,
		       offset * page);

	if (p != MAP_FAILED)
		vm_set_slot(&m->f.vm, slot, gpa, p, pages * page, 0);
}

static void create_controller(struct machine *m, struct fuzz_thread *t)
{
	struct kvm_create_device create = {
		.type = m->controller == XICS ? KVM_DEV_TYPE_XICS : KVM_DEV_TYPE_XIVE,
	};
	bool queues = false;
	unsigned int i;

	if (m->controller == NONE)
		return;
	if (vm_ioctl(&m->f.vm, KVM_CREATE_DEVICE, &create))
		tap_bail("KVM_CREATE_DEVICE %u: %s", create.type, strerror(errno));
	m->device = create.fd;
	for (i = 0; i < m->vcpus; i++) {
		u32 cap = m->controller == XICS ? KVM_CAP_IRQ_XICS : KVM_CAP_PPC_IRQ_XIVE;
		int rc = vcpu_enable_cap(&m->cpus[i].vcpu, cap, m->device, i);

		if (rc)
			tap_bail("vCPU %u and its interrupt controller: %s", i, strerror(-rc));
	}
	/* kvm.ko: a source that points to a queue that does not exist is a WARN */
	for (i = 0; m->controller == XIVE && i < m->vcpus; i++) {
		struct kvm_ppc_xive_eq eq = {
			.flags = KVM_XIVE_EQ_ALWAYS_NOTIFY,
			.qshift = 16,
			.qaddr = FIXTURE_FREE + 0x100000 + i * PAGE_64K,
			.qtoggle = 1,
		};

		/* a host with pages smaller than a queue has none */
		queues = !device_set(m, KVM_DEV_XIVE_GRP_EQ_CONFIG,
				     6 | i << KVM_XIVE_EQ_SERVER_SHIFT, &eq);
	}
	for (i = FIRST_IRQ; i < FIRST_IRQ + IRQS; i++) {
		u64 server = fuzz_below(t, m->vcpus), level = i & 1, config;

		if (m->controller == XICS) {
			config = server | 5ull << KVM_XICS_PRIORITY_SHIFT |
				 (level ? KVM_XICS_LEVEL_SENSITIVE : 0);
			device_set(m, KVM_DEV_XICS_GRP_SOURCES, i, &config);
			continue;
		}
		device_set(m, KVM_DEV_XIVE_GRP_SOURCE, i, &level);
		config = 6 | server << KVM_XIVE_SOURCE_SERVER_SHIFT |
			 (u64)i << KVM_XIVE_SOURCE_EISN_SHIFT;
		if (queues)
			device_set(m, KVM_DEV_XIVE_GRP_SOURCE_CONFIG, i, &config);
	}
	if (m->controller == XICS)
		return;
	map_device(m, 4, TIMA_GPA, KVM_XIVE_TIMA_PAGE_OFFSET, 4);
	map_device(m, 5, ESB_GPA, KVM_XIVE_ESB_PAGE_OFFSET, 2 * (FIRST_IRQ + IRQS));
}

static void create_memory(struct machine *m)
{
	struct kvm_create_spapr_tce_64 tce = { .liobn = LIOBN, .page_shift = 16, .size = 16 };

	m->slots = vmm_memory(3 * PAGE_2M, PAGE_2M);
	vm_set_slot(&m->f.vm, 1, SLOT_GPA, m->slots, SLOT_PAGES * page, 0);
	vm_set_slot(&m->f.vm, 2, SLOT_GPA + SLOT_PAGES * page, (char *)m->slots + PAGE_2M,
		    SLOT_PAGES * page, 0);
	vm_set_slot(&m->f.vm, 3, TOP_GPA, (char *)m->slots + 2 * PAGE_2M, PAGE_2M, 0);
	vm_ioctl(&m->f.vm, KVM_CREATE_SPAPR_TCE_64, &tce);
	tce.liobn++;
	tce.page_shift = 12;
	vm_ioctl(&m->f.vm, KVM_CREATE_SPAPR_TCE_64, &tce);
}

static void enable_hcalls(struct machine *m)
{
	static const char * const names[] = {
		"ibm,set-xive", "ibm,get-xive", "ibm,int-off", "ibm,int-on",
	};
	struct kvm_rtas_token_args token = { 0 };
	struct kvm_enable_cap cap = { .cap = KVM_CAP_PPC_ENABLE_HCALL, .args = { 0, 1 } };
	unsigned int i;

	for (i = 0; i < hcall_args_count; i++) {
		cap.args[0] = hcall_args[i].nr;
		vm_ioctl(&m->f.vm, KVM_ENABLE_CAP, &cap);
	}
	/* these RTAS functions are for the XICS, and kvm.ko takes XIVE's sources for XICS's */
	for (i = 0; m->controller != XIVE && i < ARRAY_SIZE(names); i++) {
		strcpy(token.name, names[i]);
		token.token = RTAS_TOKEN + i;
		vm_ioctl(&m->f.vm, KVM_PPC_RTAS_DEFINE_TOKEN, &token);
	}
}

static void create_machine(struct machine *m, struct fuzz_episode *episode)
{
	struct fuzz_thread *t = &episode->threads[SETUP];
	unsigned int i;

	memset(m, 0, sizeof(*m));
	m->episode = episode;
	m->device = -1;
	m->vcpus = 1 + fuzz_below(t, MAX_VCPUS);
	m->controller = fuzz_below(t, 4);
	if (m->controller > XIVE)
		m->controller = NONE;
	if (fuzz_once_in(t, 3))
		setenv("mmu", "hash", 1);	/* this process makes no other guest */
	fuzz_step(t, "set-up: vCPUs, controller", m->vcpus, m->controller, 0, 0);

	fixture_virt(&m->f, fuzz);
	if (m->controller == XIVE &&
	    vm_ioctl(&m->f.vm, KVM_CHECK_EXTENSION, (void *)KVM_CAP_PPC_IRQ_XIVE) <= 0)
		m->controller = XICS;
	if (m->f.vm.hpt) {
		struct kvm_get_htab_fd request = { 0 };

		m->htab = vm_ioctl(&m->f.vm, KVM_PPC_GET_HTAB_FD, &request);
		if (m->htab < 0)
			tap_bail("KVM_PPC_GET_HTAB_FD: %s", strerror(-m->htab));
	}
	m->cpus[0].vcpu = m->f.vcpu;
	for (i = 1; i < m->vcpus; i++)
		vcpu_create(&m->f.vm, &m->cpus[i].vcpu, i);
	create_memory(m);
	create_controller(m, t);
	enable_hcalls(m);
	for (i = 0; i < m->vcpus; i++) {
		struct guest_cpu *cpu = &m->cpus[i];

		cpu->machine = m;
		cpu->fuzz = &episode->threads[i];
		cpu->script = vm_ptr(&m->f.vm, SCRIPTS + i * SCRIPT_SIZE, sizeof(*cpu->script));
		next_script(cpu);
	}
}

static void run_machine(struct machine *m)
{
	struct fuzz_thread *mutator = &m->episode->threads[MUTATOR];
	timer_t timers[MAX_VCPUS];
	unsigned int i, running;

	for (i = 0; i < m->vcpus; i++) {
		struct guest_cpu *cpu = &m->cpus[i];

		cpu->runner = (struct vcpu_thread){
			.vcpu = &cpu->vcpu, .cpu = ANY_CPU, .handle = handle, .data = cpu,
		};
		thread_start(&cpu->runner);
		timers[i] = fuzz_signals(cpu->runner.tid, SIGNAL_US);
	}
	do {
		mutate(m, mutator);
		mutator->steps++;
		usleep(200);
		running = 0;
		for (i = 0; i < m->vcpus; i++)
			running += !m->cpus[i].done;
	} while (running);
	for (i = 0; i < m->vcpus; i++) {
		thread_join(&m->cpus[i].runner);
		timer_delete(timers[i]);
	}
}

static void destroy_machine(struct machine *m)
{
	unsigned int i;

	if (m->f.vm.hpt) {
		fuzz_step(&m->episode->threads[SETUP], "looking at the table", 0, 0, 0, 0);
		m->episode->counts[COUNT_HASH]++;
		m->episode->counts[COUNT_LOST] += hpt_lost(&m->f.vm);
		close(m->htab);
	}
	fuzz_step(&m->episode->threads[SETUP], "closing", 0, 0, 0, 0);
	for (i = 0; i < m->vcpus; i++)
		vcpu_destroy(&m->cpus[i].vcpu);
	if (m->device >= 0)
		close(m->device);
	vm_destroy(&m->f.vm);
}

static void episode(struct fuzz_episode *episode)
{
	static struct machine m;

	page = sysconf(_SC_PAGESIZE);
	create_machine(&m, episode);
	run_machine(&m);
	destroy_machine(&m);
}

static void judge(const struct fuzz_episode *total)
{
	unsigned int i, answered = 0;

	for (i = 0; i < hcall_args_count; i++)
		answered += !!total->counts[COUNT_SUCCESS + i];
	tap_diag("%llu hypercalls came back, %llu reached user space; %llu MMIO exits, %llu errors of KVM_RUN, %llu interrupts, %llu guests led back",
		 (unsigned long long)total->counts[COUNT_HCALLS],
		 (unsigned long long)total->counts[COUNT_USER],
		 (unsigned long long)total->counts[COUNT_MMIO],
		 (unsigned long long)total->counts[COUNT_ERRORS],
		 (unsigned long long)total->counts[COUNT_TRAPS],
		 (unsigned long long)total->counts[COUNT_RESTARTS]);
	for (i = 0; i < hcall_args_count; i++)
		if (!total->counts[COUNT_SUCCESS + i])
			tap_diag("never succeeded: hypercall %#llx",
				 (unsigned long long)hcall_args[i].nr);
	tap_is(total->counts[COUNT_LOST], 0, "%llu hash guests: entries that they have not removed are there",
	       (unsigned long long)total->counts[COUNT_HASH]);
	tap_ok(answered >= 22, "hypercalls: %u of those with known arguments succeeded", answered);
}

int main(int argc, char **argv)
{
	static const struct fuzzer fuzzer = {
		.name = "hypercalls",
		.default_steps = 40000,
		.episode_steps = 3000,
		.episode = episode,
		.judge = judge,
	};

	return fuzz_main(argc, argv, &fuzzer);
}
