// SPDX-License-Identifier: GPL-2.0-only
/* The rules of kvmlat advise: each is provoked, and a healthy VM gets no advice. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include "advise_view.h"
#include "names.h"
#include "unit.h"

#define VM	5000010
#define SECOND	1000000000ull
#define MS	1000000ull
#define US	1000ull
#define NONE	HVLENS_HCALL_NONE

static const struct source_facts ours = {
	.backend = "hvlens", .attach = "tp_btf", .records = true, .hz = SECOND,
	.model = "8335-GTH", .filter = "",
};

static struct source_facts source;
static struct advise advise;
static struct vms vms;
static char root[32];
static char found[1024];	/* names of the rules that were found, each with a blank behind */
static char evidence[512];	/* of the last one */

static void take(uint32_t vm, uint32_t trap, uint64_t hcall, uint64_t exits, int phase, uint64_t ns)
{
	const struct hvlens_key key = { vm, 0, 0, trap, hcall };
	struct advise_sums sums = { .exits = exits };

	sums.ticks[phase] = ns;
	assert_int_equal(advise_take(&advise, &key, &sums), 0);
}

/* @vcpus vCPUs whose threads waited @waited ns each */
static void take_vcpus(uint32_t vm, uint32_t vcpus, uint64_t waited)
{
	for (uint32_t vcpu = 0; vcpu < vcpus; vcpu++) {
		const struct vcpu_window of = {
			.vm = vm, .vcpu = vcpu, .waited_known = true, .waited = waited,
		};

		advise_take_vcpu(&of, &advise);
	}
	assert_int_equal(advise_window(&advise, SECOND), 0);
}

static void note(const struct finding *finding, void *arg)
{
	(void)arg;
	strcat(found, finding->rule->name);
	strcat(found, " ");
	strcpy(evidence, finding->evidence);
}

static const char *findings(void)
{
	found[0] = '\0';
	evidence[0] = '\0';
	advise_each(&advise, &source, note, NULL);
	return found;
}

/*
 * A VM with two vCPUs that has nothing to complain about, in a window of a second: ticks of the
 * host, interrupts, some sleep, a page fault, a line on the console
 */
static int setup(void **state)
{
	(void)state;
	source = ours;
	advise_init(&advise);
	advise.root = root;
	vms_init(&vms);
	take_vcpus(VM, 2, 4 * MS);
	take(VM, 0x980, NONE, 500, HVLENS_PHASE_HANDLE, 5 * MS);
	take(VM, 0x980, NONE, 0, HVLENS_PHASE_REPLAY, 10 * MS);
	take(VM, 0x980, NONE, 0, HVLENS_PHASE_GUEST, 1500 * MS);
	take(VM, 0xea0, NONE, 400, HVLENS_PHASE_REPLAY, 8 * MS);
	take(VM, 0xc00, 0xe0, 300, HVLENS_PHASE_BLOCK, 400 * MS);
	take(VM, 0xc00, 0x58, 20, HVLENS_PHASE_USER, 1 * MS);
	take(VM, 0xc00, 0xf000, 5, HVLENS_PHASE_USER, 1 * MS);
	take(VM, 0xe00, NONE, 100, HVLENS_PHASE_ROUNDTRIP, 2 * MS);
	take(VM, 0xf80, NONE, 4, HVLENS_PHASE_HANDLE, 1 * MS);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	advise_free(&advise);
	vms_free(&vms);
	return 0;
}

static int make_root(void **state)
{
	(void)state;
	strcpy(root, "/tmp/hvlens-advise-XXXXXX");
	return !mkdtemp(root);
}

static int remove_root(void **state)
{
	char command[64];

	(void)state;
	snprintf(command, sizeof(command), "rm -r %s", root);
	return system(command);
}

static void write_file(const char *path, const char *text)
{
	char full[512], *slash;
	FILE *file;

	snprintf(full, sizeof(full), "%s%s", root, path);
	for (slash = strchr(full + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		mkdir(full, 0700);
		*slash = '/';
	}
	file = fopen(full, "we");
	assert_non_null(file);
	fputs(text, file);
	fclose(file);
}

static void a_healthy_vm_gets_none(void **state)
{
	(void)state;
	assert_string_equal(findings(), "");
}

/* Just below the limit of a rule there is no finding, at the limit there is one. */
static void interrupts_of_the_host(void **state)
{
	(void)state;
	take(VM, 0xe80, NONE, 1, HVLENS_PHASE_REPLAY, 80 * MS);
	assert_string_equal(findings(), "");
	take(VM, 0xe80, NONE, 1, HVLENS_PHASE_REPLAY, 2 * MS);
	assert_string_equal(findings(), "host-interrupts ");
	assert_string_equal(evidence, "5.0 % of its time in handlers of the host's interrupts, "
				      "82 % of that for hdoorbell");
	/* A source that does not measure it is silent. */
	source.records = false;
	assert_string_equal(findings(), "");
}

static void waiting_for_a_cpu(void **state)
{
	const struct vcpu_window unknown = { .vm = VM, .vcpu = 7, .waited = SECOND };

	(void)state;
	advise_take_vcpu(&unknown, &advise);
	assert_int_equal(advise_window(&advise, SECOND), 0);
	assert_string_equal(findings(), "");
	take_vcpus(VM, 1, 142 * MS);
	assert_string_equal(findings(), "cpu-wait ");
	assert_string_equal(evidence, "5.0 % of its time waiting for a host CPU");
}

static void ticks(void **state)
{
	(void)state;
	take(VM, 0x980, NONE, 1500, HVLENS_PHASE_HANDLE, 84 * MS);
	assert_string_equal(findings(), "");
	take(VM, 0x980, NONE, 0, HVLENS_PHASE_EXIT, 1 * MS);
	assert_string_equal(findings(), "timer-ticks ");
	assert_string_equal(evidence, "1000 exits of each vCPU per second for timers, 5.0 % of its time for them");
}

static void calls_of_rtas(void **state)
{
	(void)state;
	take(VM, 0xc00, 0xf000, 194, HVLENS_PHASE_USER, 1 * MS);
	assert_string_equal(findings(), "");
	take(VM, 0xc00, 0xf000, 1, HVLENS_PHASE_USER, 1 * MS);
	assert_string_equal(findings(), "rtas ");
	assert_string_equal(evidence, "200 RTAS calls per second");
}

static void console_output(void **state)
{
	(void)state;
	take(VM, 0xc00, 0x58, 479, HVLENS_PHASE_USER, 1 * MS);
	assert_string_equal(findings(), "");
	take(VM, 0xc00, 0x58, 1, HVLENS_PHASE_USER, 1 * MS);
	assert_string_equal(findings(), "console ");
}

static void page_faults(void **state)
{
	(void)state;
	take(VM, 0xe20, NONE, 899, HVLENS_PHASE_ROUNDTRIP, 8 * MS);
	assert_string_equal(findings(), "");
	take(VM, 0xe00, NONE, 1, HVLENS_PHASE_USER, 1 * MS);
	assert_string_equal(findings(), "page-faults ");
	assert_string_equal(evidence, "500 page faults of each vCPU per second");
	write_file("/sys/kernel/mm/transparent_hugepage/enabled", "always madvise [never]\n");
	write_file("/sys/kernel/mm/ksm/run", "0\n");
	findings();
	assert_string_equal(evidence, "500 page faults of each vCPU per second, transparent huge "
				      "pages are off on this host");
	write_file("/sys/kernel/mm/transparent_hugepage/enabled", "[always] madvise never\n");
	write_file("/sys/kernel/mm/ksm/run", "1\n");
	findings();
	assert_string_equal(evidence, "500 page faults of each vCPU per second, KSM is running");
}

static void memory_mapped_io(void **state)
{
	(void)state;
	take(VM, 0xe00, NONE, 900, HVLENS_PHASE_ROUNDTRIP, 98 * MS);
	take(VM, 0xe00, NONE, 0, HVLENS_PHASE_USER, 51 * MS);
	assert_string_equal(findings(), "mmio ");
	assert_string_equal(evidence, "500 exits of each vCPU per second for memory-mapped I/O, "
				      "51.0 % of their round trips in the VMM");
}

static void doorbells_between_threads(void **state)
{
	(void)state;
	take(VM, 0xf80, NONE, 995, HVLENS_PHASE_HANDLE, 1 * MS);
	assert_string_equal(findings(), "");
	take(VM, 0xf80, NONE, 1, HVLENS_PHASE_HANDLE, 1 * MS);
	assert_string_equal(findings(), "doorbells ");
}

static void interrupts_left_by_real_mode(void **state)
{
	(void)state;
	take(VM, 0x5555, NONE, 99, HVLENS_PHASE_HANDLE, 1 * MS);
	assert_string_equal(findings(), "");
	take(VM, 0x5555, NONE, 1, HVLENS_PHASE_HANDLE, 1 * MS);
	assert_string_equal(findings(), "realmode-interrupts ");
}

static void bypass_is_off(void **state)
{
	(void)state;
	write_file("/sys/module/kvm_hv/parameters/kvm_irq_bypass", "0\n");
	assert_string_equal(findings(), "");
	write_file("/proc/modules", "kvm_hv 1 0 - Live 0\nvfio_pci 2 0 - Live 0\n");
	assert_string_equal(findings(), "bypass-off ");
	assert_string_equal(evidence, "400 exits per second for interrupts from devices, kvm_hv's "
				      "parameter kvm_irq_bypass is 0, vfio_pci is loaded");
	write_file("/sys/module/kvm_hv/parameters/kvm_irq_bypass", "1\n");
	assert_string_equal(findings(), "");
}

static void polling_with_h_cede(void **state)
{
	(void)state;
	/* 4,000 calls with 400 ms of sleep: 100 us each */
	take(VM, 0xc00, 0xe0, 3700, HVLENS_PHASE_HANDLE, 1 * MS);
	assert_string_equal(findings(), "");
	take(VM, 0xc00, 0xe0, 4000, HVLENS_PHASE_HANDLE, 1 * MS);
	assert_string_equal(findings(), "cede-polling ");
	assert_string_equal(evidence, "4000 calls of H_CEDE by each vCPU per second, 50.00us of sleep each");
}

static void holders_of_locks_do_not_run(void **state)
{
	(void)state;
	take(VM, 0xc00, 0xe4, 399, HVLENS_PHASE_HANDLE, 1 * MS);
	assert_string_equal(findings(), "");
	take(VM, 0xc00, 0xe4, 1, HVLENS_PHASE_HANDLE, 1 * MS);
	assert_string_equal(findings(), "confer ");
}

static void time_in_the_vmm(void **state)
{
	(void)state;
	take(VM, 0xc00, 0xf004, 1, HVLENS_PHASE_USER, 396 * MS);
	assert_string_equal(findings(), "");
	take(VM, 0xc00, 0xf004, 1, HVLENS_PHASE_USER, 2 * MS);
	assert_string_equal(findings(), "vmm-time ");
	assert_non_null(strstr(evidence, "20.0 % of its time in the VMM, 99 % of that for hcall "));
}

static void a_hash_table_that_is_too_small(void **state)
{
	(void)state;
	take(VM, 0xc00, 0x8, 5000, HVLENS_PHASE_HANDLE, 50 * MS);
	take(VM, 0xc00, 0x4, 4999, HVLENS_PHASE_EXIT, 50 * MS);
	assert_string_equal(findings(), "");
	take(VM, 0xc00, 0x124, 1, HVLENS_PHASE_EXIT, 1 * MS);
	assert_string_equal(findings(), "hash-table ");
}

static void a_long_time_without_recovery(void **state)
{
	const struct hvlens_key key = { VM, 0, 0, 0x980, NONE };
	struct advise_sums sums = { .exits = 1, .norecover_max = 99 * US };

	(void)state;
	assert_int_equal(advise_take(&advise, &key, &sums), 0);
	assert_string_equal(findings(), "");
	sums.norecover_max = 100 * US;
	assert_int_equal(advise_take(&advise, &key, &sums), 0);
	assert_string_equal(findings(), "no-recovery ");
	source.emulated = true;
	assert_string_equal(findings(), "");
}

/* Every rule is provoked above, and says something. */
static void rules_are_complete(void **state)
{
	(void)state;
	assert_int_equal(rule_count, 15);
	for (size_t i = 0; i < rule_count; i++) {
		assert_int_not_equal(rules[i].bounds[0].measure, MEASURE_NONE);
		assert_non_null(rules[i].bounds[0].seen);
		assert_true(strlen(rules[i].means) > 20);
		assert_true(strlen(rules[i].advice) > 20);
	}
}

static char *report(enum emit_form form)
{
	const struct window_facts window = { .ns = SECOND, .exits = 1500, .vcpus = 2 };
	struct emit emit = { .form = form };
	size_t size, count;
	char *text;

	emit.out = open_memstream(&text, &size);
	assert_non_null(emit.out);
	assert_int_equal(advise_report(&emit, &advise, &source, &window, &vms, 0, &count), 0);
	fclose(emit.out);
	return text;
}

static void shows_findings(void **state)
{
	char *text;

	(void)state;
	text = report(EMIT_TEXT);
	assert_string_equal(text, "");
	free(text);
	text = report(EMIT_JSON);
	assert_true(json_valid(text));
	assert_has(text, "\"schema\":\"hvlens-kvmlat-advise/3\"");
	assert_has(text, "\"findings\":[]}");
	free(text);

	/* Another VM has it all: the first is still healthy. */
	take_vcpus(VM + 1, 1, 500 * MS);
	take(VM + 1, 0xc00, 0xe4, 4000, HVLENS_PHASE_HANDLE, 1 * MS);
	text = report(EMIT_TEXT);
	assert_has(text, "exits 1500  vcpus 2  missed 0\n\n? (pid 5000011): cpu-wait\n"
			 "  seen:   50.0 % of its time waiting for a host CPU\n"
			 "  means:  More threads want to run than there are CPUs for them.\n"
			 "  do:     Give the VM other CPUs or fewer vCPUs, or move what else runs there.\n"
			 "          \"kvmexit-top --by vcpu --sort wait\" shows which vCPUs wait.\n"
			 "\n? (pid 5000011): confer\n"
			 "  seen:   4000 calls of H_CONFER by each vCPU per second\n");
	assert_null(strstr(text, "5000010"));
	free(text);
	text = report(EMIT_JSON);
	assert_true(json_valid(text));
	assert_has(text, "\"findings\":[{\"vm\":5000011,\"name\":\"?\",\"rule\":\"cpu-wait\","
			 "\"evidence\":\"50.0 % of its time waiting for a host CPU\",\"means\":\"");
	free(text);
}

int main(void)
{
#define TEST(function)	cmocka_unit_test_setup_teardown(function, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(a_healthy_vm_gets_none),
		TEST(interrupts_of_the_host),
		TEST(waiting_for_a_cpu),
		TEST(ticks),
		TEST(calls_of_rtas),
		TEST(console_output),
		TEST(page_faults),
		TEST(memory_mapped_io),
		TEST(doorbells_between_threads),
		TEST(interrupts_left_by_real_mode),
		TEST(bypass_is_off),
		TEST(polling_with_h_cede),
		TEST(holders_of_locks_do_not_run),
		TEST(time_in_the_vmm),
		TEST(a_hash_table_that_is_too_small),
		TEST(a_long_time_without_recovery),
		TEST(rules_are_complete),
		TEST(shows_findings),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, make_root, remove_root);
}
