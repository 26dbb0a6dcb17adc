// SPDX-License-Identifier: GPL-2.0-only
/* The names of VMs, from the command lines of their processes */
#include <linux/sched.h>
#include <signal.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
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

static void finds_who_runs_a_vm(void **state)
{
	static const struct { const char *text, *path, *slice, *unit, *pod; } cases[] = {
		{ "0::/machine.slice/machine-qemu\\x2d3\\x2dweb1.scope/libvirt/emulator\n",
		  "/machine.slice/machine-qemu\\x2d3\\x2dweb1.scope/libvirt/emulator",
		  "machine.slice", "machine-qemu\\x2d3\\x2dweb1.scope", "" },
		{ "12:cpuset:/x\n1:name=systemd:/system.slice/vm.service\n", "/system.slice/vm.service",
		  "system.slice", "vm.service", "" },
		{ "0::/kubepods.slice/kubepods-burstable.slice/"
		  "kubepods-burstable-pod1c6d2c2e_4bd4_4c57_9c0c_6f8b2a4a7b11.slice/"
		  "cri-containerd-0123456789abcdef.scope",
		  "/kubepods.slice/kubepods-burstable.slice/"
		  "kubepods-burstable-pod1c6d2c2e_4bd4_4c57_9c0c_6f8b2a4a7b11.slice/"
		  "cri-containerd-0123456789abcdef.scope",
		  "kubepods-burstable-pod1c6d2c2e_4bd4_4c57_9c0c_6f8b2a4a7b11.slice",
		  "cri-containerd-0123456789abcdef.scope",
		  "1c6d2c2e-4bd4-4c57-9c0c-6f8b2a4a7b11" },
		{ "0::/kubepods/burstable/pod1c6d2c2e-4bd4-4c57-9c0c-6f8b2a4a7b11/0123",
		  "/kubepods/burstable/pod1c6d2c2e-4bd4-4c57-9c0c-6f8b2a4a7b11/0123", "", "",
		  "1c6d2c2e-4bd4-4c57-9c0c-6f8b2a4a7b11" },
		{ "0::/\n", "/", "", "", "" },
		{ "0::/podman.slice/kubepods/.slice/pod", "/podman.slice/kubepods/.slice/pod",
		  "podman.slice", "", "" },
		{ "", "", "", "", "" },
		{ "nonsense\n\n", "", "", "", "" },
	};
	struct cgroup cgroup;
	char text[2048];

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		cgroup_parse(cases[i].text, &cgroup);
		assert_string_equal(cgroup.path, cases[i].path);
		assert_string_equal(cgroup.slice, cases[i].slice);
		assert_string_equal(cgroup.unit, cases[i].unit);
		assert_string_equal(cgroup.pod, cases[i].pod);
		cgroup_find_machine(&cgroup);
		assert_string_equal(cgroup.machine, "");
	}
	memset(text, 'x', sizeof(text));
	memcpy(text, "0::/", 4);
	text[sizeof(text) - 1] = '\0';
	cgroup_parse(text, &cgroup);
	assert_int_equal(strlen(cgroup.path), sizeof(cgroup.path) - 1);
}

/* A process with the arguments of a QEMU, which ends when the descriptor is closed */
static pid_t start_qemu(const char *name, const char *uuid, int *until)
{
	int fds[2];
	pid_t pid;

	assert_int_equal(pipe(fds), 0);
	pid = fork();
	assert_true(pid >= 0);
	if (!pid) {
		dup2(fds[0], STDIN_FILENO);
		close(fds[1]);
		execlp("sh", "qemu", "-c", "read x", "qemu", "-name", name, "-uuid", uuid, NULL);
		_exit(1);
	}
	close(fds[0]);
	*until = fds[1];
	return pid;
}

static void finds_vms_by_name(void **state)
{
	static const char uuid[] = "a77a98ce-5d07-4b5d-9a1b-2f3f2d2b5d10";
	uint32_t pids[2] = { 0 };
	int one, two, status;
	pid_t first, second;

	(void)state;
	first = start_qemu("hvlens-unit", uuid, &one);
	second = start_qemu("guest=hvlens-unit,debug-threads=on", uuid, &two);
	/* They exist from fork() on, and have the arguments from exec() on. */
	while (vms_named("hvlens-unit", pids, 2) < 2)
		usleep(1000);
	assert_true((pids[0] == (uint32_t)first && pids[1] == (uint32_t)second) ||
		    (pids[1] == (uint32_t)first && pids[0] == (uint32_t)second));
	pids[1] = 0;
	assert_int_equal(vms_named("A77A98CE-5d07-4b5d-9a1b-2f3f2d2b5d10", pids, 1), 2);
	assert_int_equal(pids[1], 0);
	assert_int_equal(vms_named("hvlens-uni", pids, 2), 0);
	assert_int_equal(vms_named("", pids, 2), 0);
	close(one);
	close(two);
	waitpid(first, &status, 0);
	waitpid(second, &status, 0);
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
	assert_true(vms_gone(&vms, 0x7fffffff));
	assert_false(vms_gone(&vms, getpid()));
	vms_prune(&vms);
	assert_int_equal(vms.names.count, 1);
	vms_free(&vms);
}

/* Starts a process with the number @pid, or with any if it is 0.  -1: the kernel refuses */
static pid_t start(pid_t pid)
{
	struct clone_args args = { .exit_signal = SIGCHLD };

	if (pid) {
		args.set_tid = (uintptr_t)&pid;
		args.set_tid_size = 1;
	}
	pid = syscall(SYS_clone3, &args, sizeof(args));
	if (!pid) {
		pause();
		_exit(0);
	}
	return pid;
}

static void end(pid_t pid)
{
	kill(pid, SIGKILL);
	assert_int_equal(waitpid(pid, NULL, 0), pid);
}

static void a_number_that_another_process_has_now(void **state)
{
	pid_t first = start(0), second;
	struct vms vms;

	(void)state;
	assert_true(first > 0);
	vms_init(&vms);
	assert_string_equal(vms_name(&vms, first), "test-vms");
	assert_false(vms_gone(&vms, first));
	end(first);
	assert_true(vms_gone(&vms, first));
	/* Times of processes are in hundredths of a second. */
	usleep(50000);
	second = start(first);
	if (second < 0) {
		vms_free(&vms);
		skip();		/* it takes CAP_CHECKPOINT_RESTORE, and the number may be taken */
	}
	assert_true(vms_gone(&vms, second));
	vms_prune(&vms);
	assert_int_equal(vms.names.count, 0);
	assert_string_equal(vms_name(&vms, second), "test-vms");
	assert_false(vms_gone(&vms, second));
	end(second);
	vms_free(&vms);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(finds_names),
		cmocka_unit_test(survives_anything),
		cmocka_unit_test(finds_who_runs_a_vm),
		cmocka_unit_test(finds_vms_by_name),
		cmocka_unit_test(falls_back_to_the_command),
		cmocka_unit_test(a_number_that_another_process_has_now),
	};

	return RUN(tests);
}
