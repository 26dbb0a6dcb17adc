/* SPDX-License-Identifier: GPL-2.0-only */
/* Names of the kernel's functions, from /proc/kallsyms. */
#ifndef HVLENS_KSYMS_H
#define HVLENS_KSYMS_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

struct ksyms {
	struct ksym {
		uint64_t address;
		size_t name;	/* offset in text */
	} *symbols;
	size_t count, room;
	char *text;		/* "name" or "name [module]", each ended by 0 */
	size_t text_size, text_room;
};

/*
 * Reads the symbols from @file, or from /proc/kallsyms if @file is NULL.  0 or -errno;
 * -EPERM: the kernel hides the addresses (kptr_restrict).
 */
int ksyms_read(struct ksyms *ksyms, FILE *file);
void ksyms_free(struct ksyms *ksyms);

/* Writes "run_vcpu+0x1c [kvm_hv]" to @buf, or "0xc000..." if no known function is there. */
#define KSYM_NAME_SIZE	192
char *ksyms_name(char buf[KSYM_NAME_SIZE], const struct ksyms *ksyms, uint64_t address);

#endif
