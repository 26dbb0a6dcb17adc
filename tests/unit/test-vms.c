// SPDX-License-Identifier: GPL-2.0-only
/* The names of VMs, from the command lines of their processes */
#include <string.h>
#include <unistd.h>
#include "unit.h"
#include "vms.h"

static void assert_names(const char *cmdline, size_t size, const char *name, const char *uuid)
{
	char got_name[VM_NAME_SIZE], got_uuid[VM_UUID_SIZE];

	vms_parse_cmdline(cmdline, size, got_name, got_uuid);
	assert_string_equal(got_name, name);
	assert_string_equal(got_uuid, uuid);
}

/* The literal's own 0 ends the last argument. */
#define names(cmdline, name, uuid)	assert_names(cmdline, sizeof(cmdline), name, uuid)

static void finds_names(void **state)
{
	(void)state;
	names("qemu\0-name\0web1", "web1", "");
	names("qemu\0--name\0web1\0-m\0x", "web1", "");
	names("qemu\0-name\0guest=web1,debug-threads=on\0-S", "web1", "");
	names("qemu\0-name\0debug-threads=on,guest=web1", "web1", "");
	names("qemu\0-name\0web1,process=qemu-web1,debug-threads=on", "web1", "");
	names("qemu\0-name\0guest=a,,b,,,,c,debug-threads=on", "a,b,,c", "");
	names("qemu\0-name\0process=x", "", "");
	names("qemu\0-name\0one\0-name\0two", "two", "");
	names("qemu\0-name\0one\0-uuid\0ac1d2e3f-0001-0002-0003-000000000004", "one",
	      "ac1d2e3f-0001-0002-0003-000000000004");
	/* Not an option, but the argument of one */
	names("qemu\0-name\0-uuid\0x", "-uuid", "");
}

static void survives_anything(void **state)
{
	char long_name[512] = "qemu\0-name\0guest=";
	char name[VM_NAME_SIZE], uuid[VM_UUID_SIZE];

	(void)state;
	assert_names("", 0, "", "");
	names("", "", "");
	names("qemu\0-name", "", "");
	names("qemu\0-name\0", "", "");
	names("qemu\0-\0--\0-name\0,", "", "");
	names("qemu\0-name\0guest=,", "", "");
	memset(long_name + 17, 'x', sizeof(long_name) - 18);
	vms_parse_cmdline(long_name, sizeof(long_name), name, uuid);
	assert_int_equal(strlen(name), VM_NAME_SIZE - 1);
}

static bool all(uint32_t vm)
{
	(void)vm;
	return true;
}

static void falls_back_to_the_command(void **state)
{
	struct vms vms;

	(void)state;
	vms_init(&vms);
	assert_string_equal(vms_name(&vms, getpid()), "test-vms");
	assert_string_equal(vms_uuid(&vms, getpid()), "");
	/* No process can have this number */
	assert_string_equal(vms_name(&vms, 0x7fffffff), "?");
	assert_true(vm_gone(0x7fffffff));
	assert_false(vm_gone(getpid()));
	vms_prune(&vms, vm_gone);
	assert_int_equal(vms.names.count, 1);
	vms_prune(&vms, all);
	assert_int_equal(vms.names.count, 0);
	vms_free(&vms);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(finds_names),
		cmocka_unit_test(survives_anything),
		cmocka_unit_test(falls_back_to_the_command),
	};

	return RUN(tests);
}
