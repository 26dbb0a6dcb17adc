// SPDX-License-Identifier: GPL-2.0-only
/*
 * The rules of kvmlat advise.  A rule holds if all its bounds hold for a VM.  The limits are far
 * above what a guest does that has nothing to complain about.
 */
#include "advise.h"

#define TRAP(...)	.trap = SET(__VA_ARGS__)
#define HCALL(...)	.hcall = SET(__VA_ARGS__)
#define SET(...)	{						\
	.count = sizeof((uint64_t[]){ __VA_ARGS__ }) / sizeof(uint64_t), \
	.values = { __VA_ARGS__ },					\
}

#define BIT(phase)	(1u << HVLENS_PHASE_##phase)
#define HOST		(BIT(PREPARE) | BIT(ENTRY) | BIT(EXIT) | BIT(REPLAY) | BIT(HANDLE))

#define PER_CENT	10	/* per mille */
#define US		1000ull	/* ns */

#define AT_LEAST(what, limit, seen)	\
	{ MEASURE_##what, 0, limit, false, seen }
#define TIME_AT_LEAST(what, phases, limit, seen)	\
	{ MEASURE_##what, phases, limit, false, seen }
#define TIME_AT_MOST(what, phases, limit, seen)	\
	{ MEASURE_##what, phases, limit, true, seen }

const struct rule rules[] = {
	{
		.name = "host-interrupts",
		.bounds = { TIME_AT_LEAST(SHARE, BIT(REPLAY), 5 * PER_CENT,
					  "of its time in handlers of the host's interrupts") },
		.mostly = BIT(REPLAY),
		.means = "Interrupts of the host arrive on the CPUs of the vCPUs, and their handlers run on the vCPUs' time.",
		.advice = "Move these interrupts to other CPUs (/proc/irq/*/smp_affinity, irqbalance's list of banned CPUs). \"perf top -C CPU\" shows whose handlers run.",
	}, {
		.name = "cpu-wait",
		.bounds = { AT_LEAST(WAIT, 5 * PER_CENT, "of its time waiting for a host CPU") },
		.means = "More threads want to run than there are CPUs for them.",
		.advice = "Give the VM other CPUs or fewer vCPUs, or move what else runs there. \"kvmexit-top --by vcpu --sort wait\" shows which vCPUs wait.",
	}, {
		.name = "timer-ticks",
		.exits = { TRAP(0x980, 0x1980) },
		.bounds = {
			AT_LEAST(VCPU_RATE, 100, "exits of each vCPU per second for timers"),
			TIME_AT_LEAST(SHARE, HOST, 5 * PER_CENT, "of its time for them"),
		},
		.means = "Ticks of the host, or timers that the guest sets, end the time in the guest again and again.",
		.advice = "Host: nohz_full= for the vCPUs' CPUs, or a kernel with a lower HZ. Guest: a tickless kernel, and look for programs that wake up often.",
	}, {
		.name = "rtas",
		.exits = { HCALL(0xf000) },
		.bounds = { AT_LEAST(RATE, 200, "RTAS calls per second") },
		.means = "The VMM handles each RTAS call, one at a time for the whole VM.",
		.advice = "\"kvmlat -k H_RTAS --over 1us\" shows from where in the guest they come (nip). The usual callers read the clock, PCI configuration space or sensors.",
	}, {
		.name = "console",
		.exits = { HCALL(0x58) },
		.bounds = { AT_LEAST(RATE, 500, "calls of H_PUT_TERM_CHAR per second") },
		.means = "The guest writes to its console, at most 16 bytes per hypercall, and waits for each.",
		.advice = "Guest: a higher log level for the console (dmesg -n, quiet), no logging to hvc0. Or a virtio console.",
	}, {
		.name = "page-faults",
		.exits = { TRAP(0xe00, 0xe20) },
		.bounds = {
			AT_LEAST(VCPU_RATE, 500, "page faults of each vCPU per second"),
			TIME_AT_MOST(OF_ROUNDTRIP, BIT(USER), 50 * PER_CENT, NULL),
		},
		.facts = {
			{ "/sys/kernel/mm/transparent_hugepage/enabled", "[never]",
			  "transparent huge pages are off on this host" },
			{ "/sys/kernel/mm/ksm/run", "1", "KSM is running" },
		},
		.means = "The host has to map the guest's memory, page by page. Soon after boot that is normal.",
		.advice = "Large pages for the VM's memory (hugetlbfs, or transparent_hugepage=always). Other causes: a balloon that breathes, KSM, a migration that logs dirty pages, a host that swaps.",
	}, {
		.name = "mmio",
		.exits = { TRAP(0xe00) },
		.bounds = {
			AT_LEAST(VCPU_RATE, 500,
				 "exits of each vCPU per second for memory-mapped I/O"),
			TIME_AT_LEAST(OF_ROUNDTRIP, BIT(USER), 50 * PER_CENT,
				      "of their round trips in the VMM"),
		},
		.means = "The guest uses an emulated device; the VMM answers each access.",
		.advice = "A virtio device in place of the emulated one, with vhost or an iothread. \"kvmlat -r hdsi --over 1us\" shows the addresses (fault_gpa); QEMU's \"info mtree\" tells whose they are.",
	}, {
		.name = "doorbells",
		.exits = { TRAP(0xf80) },
		.bounds = { AT_LEAST(VCPU_RATE, 500,
				     "exits of each vCPU per second for a facility") },
		.means = "vCPUs that the guest takes for threads of one core send each other doorbells (msgsndp), which KVM has to emulate.",
		.advice = "One thread per core in the guest's topology: QEMU's -smp threads=1.",
	}, {
		.name = "realmode-interrupts",
		.exits = { TRAP(0x5555) },
		.bounds = { AT_LEAST(RATE, 100,
				     "exits per second for interrupts that real mode could not finish") },
		.means = "Passed-through interrupts take the slow way: their vCPU does not run where they arrive, or its interrupt controller refuses them.",
		.advice = "Pin the vCPUs, and route the device's interrupts to their CPUs.",
	}, {
		.name = "bypass-off",
		.exits = { TRAP(0xea0, 0x500) },
		.bounds = { AT_LEAST(RATE, 100, "exits per second for interrupts from devices") },
		.facts = {
			{ "/sys/module/kvm_hv/parameters/kvm_irq_bypass", "0",
			  "kvm_hv's parameter kvm_irq_bypass is 0" },
			{ "/proc/modules", "vfio_pci ", "vfio_pci is loaded" },
		},
		.needs_facts = true,
		.means = "Interrupts of passed-through devices end the time in the guest, where they could reach it directly.",
		.advice = "Write 1 to /sys/module/kvm_hv/parameters/kvm_irq_bypass, and start the VM again.",
	}, {
		.name = "cede-polling",
		.exits = { HCALL(0xe0) },
		.bounds = {
			AT_LEAST(VCPU_RATE, 2000, "calls of H_CEDE by each vCPU per second"),
			TIME_AT_MOST(MEAN, BIT(BLOCK), 50 * US, "of sleep each"),
		},
		.means = "Idle vCPUs go to sleep and are woken at once. The way down and up takes longer than the sleep.",
		.advice = "Look for what wakes them: \"kvmlat -k H_PROD,H_IPI -b vcpu\". Guest: powersave=off keeps vCPUs from sleeping, at the cost of a host CPU each.",
	}, {
		.name = "confer",
		.exits = { HCALL(0xe4) },
		.bounds = { AT_LEAST(VCPU_RATE, 200, "calls of H_CONFER by each vCPU per second") },
		.means = "vCPUs wait for a lock whose holder does not run.",
		.advice = "Do not run more vCPUs than there are CPUs for them; see cpu-wait.",
	}, {
		.name = "vmm-time",
		.bounds = { TIME_AT_LEAST(SHARE, BIT(USER), 20 * PER_CENT,
					  "of its time in the VMM") },
		.mostly = BIT(USER),
		.means = "vCPUs wait for the VMM to answer their exits.",
		.advice = "\"perf record -g -p PID\" of the VMM shows what it does, \"kvmlat -f user -b reason\" how long each reason takes. Iothreads and vhost take work off the vCPUs' threads.",
	}, {
		.name = "hash-table",
		.exits = { HCALL(0x8, 0x4, 0x124, 0x18) },
		.bounds = {
			AT_LEAST(VCPU_RATE, 5000,
				 "changes of the hash table by each vCPU per second"),
			TIME_AT_LEAST(SHARE, HOST, 5 * PER_CENT, "of its time for them"),
		},
		.means = "The guest changes its hashed page table all the time: the table is too small, or its programs map and unmap much memory.",
		.advice = "A larger table (QEMU: resize-hpt=enabled, or a larger maxmem), huge pages in the guest, or radix on POWER9 and later.",
	}, {
		.name = "no-recovery",
		.bounds = { AT_LEAST(LONGEST, 100 * US,
				     "is the longest time in which a machine check is fatal for the host") },
		.means = "The way into the guest or out of it was interrupted by firmware, or the machine is very slow.",
		.advice = "\"kvmlat -f norecover -b cpu -H\" shows on which CPUs. Please report it.",
	},
};

const size_t rule_count = sizeof(rules) / sizeof(*rules);
