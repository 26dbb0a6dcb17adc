// SPDX-License-Identifier: GPL-2.0-only
/*
 * A host was booted without XIVE. kvm.ko's XICS device cannot work there, and KVM_RUN says so. A
 * VM without that device runs.
 */
#include <errno.h>
#include <string.h>

#include "irqchip.h"
#include "tap.h"

GUEST(events_busy);

int main(void)
{
	struct irqchip c;
	struct fixture f;
	int rc;

	tap_start(30);
	rc = irqchip_create(&c, IRQCHIP_XIVE, 1);
	tap_is(rc, (u64)-ENODEV, "no XIVE device");
	rc = irqchip_create(&c, IRQCHIP_XICS, 1);
	if (rc)
		tap_bail("no XICS device: %s", strerror(-rc));
	tap_is(vcpu_run(&c.f.vcpu), (u64)-EINVAL, "with an XICS device: KVM_RUN refuses");
	tap_is(c.f.vcpu.run->exit_reason, KVM_EXIT_INTERNAL_ERROR, "KVM_RUN returns an internal error");
	irqchip_end(&c);

	fixture_real(&f, events_busy);
	tap_is(vcpu_run_hcall(&f.vcpu), REPORT_DONE, "without an XICS device: the guest runs");
	fixture_end(&f);
	return tap_done();
}
