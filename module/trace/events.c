// SPDX-License-Identifier: GPL-2.0-only
/* The tracepoints' definitions and the key that says whether anyone listens. */
#include "trace/events.h"

#define CREATE_TRACE_POINTS
#include "trace/trace_hvlens.h"
#include "trace/trace_kvm_hv.h"

DEFINE_STATIC_KEY_FALSE(events_key);

/* events_listen - hvlens:exit gets its first listener. Return: 0. Context: may sleep. */
int events_listen(void)
{
	static_branch_enable(&events_key);
	return 0;
}

/* events_unlisten - hvlens:exit has no listener any more. Context: may sleep. */
void events_unlisten(void)
{
	static_branch_disable(&events_key);
}
