/* SPDX-License-Identifier: GPL-2.0-only */
/* Names from the shared tables: exit reasons, hypercalls, phases, causes. */
#ifndef HVLENS_NAMES_H
#define HVLENS_NAMES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* NULL: not in the table */
const char *trap_name(uint32_t trap);
const char *trap_help(uint32_t trap);
const char *hcall_name(uint64_t number);

/* Finds a name ("hdec", "H_CEDE") or parses a number ("0x980").  false: it is neither */
bool trap_named(const char *name, uint32_t *trap);
bool hcall_named(const char *name, uint64_t *number);

/* Print the whole table on standard output: number, name, help */
void traps_list(void);
void hcalls_list(void);

/* Each has as many elements as its comment says. */
extern const char *const phase_names[];		/* HVLENS_PHASE_MAX */
extern const char *const phase_helps[];
extern const char *const outcome_names[];	/* HVLENS_OUTCOME_MAX */
extern const char *const abort_names[];		/* HVLENS_ABORT_MAX */
extern const char *const rm_names[];		/* HVLENS_RM_MAX */

/*
 * Writes "hdec", "hcall H_CEDE", "hcall (unknown)" or "0xabc" to @buf and returns @buf.
 * @hcall: a number, HVLENS_HCALL_UNKNOWN or HVLENS_HCALL_NONE
 */
#define REASON_NAME_SIZE	48
char *reason_name(char buf[REASON_NAME_SIZE], uint32_t trap, uint64_t hcall);

#endif
