/* SPDX-License-Identifier: GPL-2.0-only */
/* Does anyone listen to the exit record? */
#ifndef HVLENS_EVENTS_H
#define HVLENS_EVENTS_H

#include <linux/jump_label.h>

DECLARE_STATIC_KEY_FALSE(events_key);

/* True while hvlens:exit has a listener.  Free when false. */
static __always_inline bool events_listening(void)
{
	return static_branch_unlikely(&events_key);
}

#endif /* HVLENS_EVENTS_H */
