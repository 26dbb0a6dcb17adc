// SPDX-License-Identifier: GPL-2.0-only
#define _GNU_SOURCE
#include <stdio.h>
#include <string.h>

#include "answer.h"

const char *vmm_answer(int rc)
{
	static char number[16];
	const char *name = rc < 0 ? strerrorname_np(-rc) : NULL;

	if (name)
		return name;
	snprintf(number, sizeof(number), "%d", rc);
	return number;
}
