/* SPDX-License-Identifier: GPL-2.0-only */
/* The maps of a BPF object that exist twice, to be read by turns (bpf/window.h). */
#ifndef HVLENS_WINDOWS_H
#define HVLENS_WINDOWS_H

#include <bpf/libbpf.h>
#include <stdint.h>

struct window {
	const char *name;		/* of the array of maps */
	uint32_t max_entries;		/* of each slot */
	uint32_t value_size;		/* 0: as the object has it */
	/* Takes one entry; 0 or -errno, which ends the read */
	int (*take)(const void *key, const void *value, void *arg);
	/* the rest is windows.c's */
	int outer;
	int slot[2];			/* -1: not made */
	uint32_t key_size;
};

/* Makes the slots, before the object is loaded.  0 or -errno, as all of these */
int window_prepare(struct window *window, struct bpf_object *object);
/* After that, puts them into the array. */
int window_install(struct window *window, struct bpf_object *object);
void window_close(struct window *window);
/* Returns when no program runs any more that began before the call. */
int window_wait(struct window *window);
/* Empties the slot, which no program writes any more. */
int window_drain(struct window *window, uint32_t slot, void *arg);

#endif
