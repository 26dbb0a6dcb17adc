// SPDX-License-Identifier: GPL-2.0-only
/*
 * Writing "FD REQUEST" to /sys/module/vcpu_requests/parameters/request makes the request, a number
 * from 0 to 63, of the vCPU that is the writer's file FD, and wakes the vCPU. User space cannot
 * make most of these requests. KVM_REQ_VM_DEAD is made as kvm.ko does it when it finds a bug.
 */
#include <linux/file.h>
#include <linux/kernel.h>
#include <linux/kvm_host.h>
#include <linux/module.h>

static int request_set(const char *text, const struct kernel_param *kp)
{
	unsigned int fd, request;
	struct kvm_vcpu *vcpu;
	struct file *file;

	if (sscanf(text, "%u %u", &fd, &request) != 2 || request > 63)
		return -EINVAL;
	file = fget(fd);
	if (!file)
		return -EBADF;
	vcpu = file->private_data;
	if (request == (KVM_REQ_VM_DEAD & KVM_REQUEST_MASK))
		kvm_vm_dead(vcpu->kvm);
	else
		set_bit(request, (unsigned long *)&vcpu->requests);
	kvm_vcpu_wake_up(vcpu);
	fput(file);
	return 0;
}

static const struct kernel_param_ops request_ops = { .set = request_set };

module_param_cb(request, &request_ops, NULL, 0200);
MODULE_PARM_DESC(request, "\"FD REQUEST\": make a request of a vCPU of the writer's");

MODULE_DESCRIPTION("Requests of vCPUs, for tests");
MODULE_LICENSE("GPL");
