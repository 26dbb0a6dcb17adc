// SPDX-License-Identifier: GPL-2.0-only
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/vfio.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "host.h"
#include "tap.h"
#include "vfio.h"

#define PCI		"/sys/bus/pci/"
#define PCI_COMMAND	4
#define PCI_MEMORY_MASTER	0x6

#define EDU_ID		"0x11e8"
#define EDU_RAISE	0x60	/* store: or this into the status, one MSI */

static char address[32];	/* on the PCI bus, "0001:01:00.0" */

static int must(int rc, const char *what)
{
	if (rc < 0)
		tap_bail("%s: %s", what, strerror(errno));
	return rc;
}

void vfio_bind(void)
{
	char path[300], id[16] = "";
	struct dirent *entry;
	DIR *dir = opendir(PCI "devices");

	while (dir && (entry = readdir(dir))) {
		snprintf(path, sizeof(path), PCI "devices/%s/device", entry->d_name);
		host_read(path, id, sizeof(id));
		if (!strncmp(id, EDU_ID, strlen(EDU_ID)))
			break;
	}
	if (!dir || !entry)
		tap_bail("no PCI device " EDU_ID ": has the host \"device=edu\"?");
	snprintf(address, sizeof(address), "%.31s", entry->d_name);
	closedir(dir);

	/* without this, each close resets the bus, which takes firmware ten seconds */
	snprintf(path, sizeof(path), PCI "devices/%s/reset_method", address);
	host_write(path, "\n");

	if (system("modprobe -a vfio-pci vfio_iommu_spapr_tce"))
		tap_bail("modprobe of vfio-pci failed");
	snprintf(path, sizeof(path), PCI "devices/%s/driver_override", address);
	host_write(path, "vfio-pci");
	host_write(PCI "drivers_probe", address);
}

static int open_group(void)
{
	char path[300], group[300];
	ssize_t length;

	snprintf(path, sizeof(path), PCI "devices/%s/iommu_group", address);
	length = must(readlink(path, group, sizeof(group) - 1), path);
	group[length] = '\0';
	snprintf(path, sizeof(path), "/dev/vfio%s", strrchr(group, '/'));
	return must(open(path, O_RDWR | O_CLOEXEC), path);
}

void vfio_open(struct vfio *vfio)
{
	struct vfio_region_info config = {
		.argsz = sizeof(config), .index = VFIO_PCI_CONFIG_REGION_INDEX,
	};
	struct vfio_region_info bar = { .argsz = sizeof(bar) };
	u16 command;
	void *p;

	vfio->container = must(open("/dev/vfio/vfio", O_RDWR | O_CLOEXEC), "/dev/vfio/vfio");
	vfio->group = open_group();
	must(ioctl(vfio->group, VFIO_GROUP_SET_CONTAINER, &vfio->container),
	     "VFIO_GROUP_SET_CONTAINER");
	must(ioctl(vfio->container, VFIO_SET_IOMMU, VFIO_SPAPR_TCE_v2_IOMMU), "VFIO_SET_IOMMU");
	vfio->device = must(ioctl(vfio->group, VFIO_GROUP_GET_DEVICE_FD, address),
			    "VFIO_GROUP_GET_DEVICE_FD");

	must(ioctl(vfio->device, VFIO_DEVICE_GET_REGION_INFO, &config), "PCI configuration");
	must(pread(vfio->device, &command, 2, config.offset + PCI_COMMAND), "PCI command");
	command |= PCI_MEMORY_MASTER;
	must(pwrite(vfio->device, &command, 2, config.offset + PCI_COMMAND), "PCI command");

	must(ioctl(vfio->device, VFIO_DEVICE_GET_REGION_INFO, &bar), "BAR 0");
	p = mmap(NULL, bar.size, PROT_READ | PROT_WRITE, MAP_SHARED, vfio->device, bar.offset);
	if (p == MAP_FAILED)
		tap_bail("mmap of BAR 0: %s", strerror(errno));
	vfio->bar = p;
	vfio->bar_size = bar.size;
}

void vfio_close(struct vfio *vfio)
{
	munmap((void *)vfio->bar, vfio->bar_size);
	vfio->bar = NULL;
	close(vfio->device);
	close(vfio->group);
	close(vfio->container);
}

void vfio_set_msi(struct vfio *vfio, int eventfd)
{
	u8 space[sizeof(struct vfio_irq_set) + sizeof(int)] __attribute__((aligned(8)));
	struct vfio_irq_set *set = (void *)space;
	bool on = eventfd >= 0;

	*set = (struct vfio_irq_set){
		.argsz = sizeof(*set) + (on ? sizeof(int) : 0),
		.flags = VFIO_IRQ_SET_ACTION_TRIGGER |
			 (on ? VFIO_IRQ_SET_DATA_EVENTFD : VFIO_IRQ_SET_DATA_NONE),
		.index = VFIO_PCI_MSI_IRQ_INDEX,
		.count = on,
	};
	memcpy(set->data, &eventfd, sizeof(int));
	must(ioctl(vfio->device, VFIO_DEVICE_SET_IRQS, set), "VFIO_DEVICE_SET_IRQS");
}

void vfio_trigger(struct vfio *vfio)
{
	vfio->bar[EDU_RAISE / 4] = 1;
	asm volatile("sync" ::: "memory");
}

unsigned int vfio_irq(void)
{
	unsigned int irq = 0;
	struct dirent *entry;
	char path[300];
	DIR *dir;

	snprintf(path, sizeof(path), PCI "devices/%s/msi_irqs", address);
	dir = opendir(path);
	while (dir && (entry = readdir(dir)))
		if (entry->d_name[0] != '.')
			irq = strtoul(entry->d_name, NULL, 10);
	if (!irq)
		tap_bail("%s: the device has no MSI", path);
	closedir(dir);
	return irq;
}
