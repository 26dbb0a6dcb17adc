/* SPDX-License-Identifier: GPL-2.0-only */
/* Does anyone listen to exit records? */
#ifndef HVLENS_EVENTS_H
#define HVLENS_EVENTS_H

#include <linux/jump_label.h>

DECLARE_STATIC_KEY_FALSE(events_key);

/* events_listening - does hvlens:exit have a listener? Costs nothing if it has none. */
static __always_inline bool events_listening(void)
{
	return static_branch_unlikely(&events_key);
}

#endif /* HVLENS_EVENTS_H */
