/* SPDX-License-Identifier: GPL-2.0-only */
/* The maps of a BPF object that exist twice and are read in turn (bpf/window.h). */
#ifndef HVLENS_WINDOWS_H
#define HVLENS_WINDOWS_H

#include <bpf/libbpf.h>
#include <stdint.h>

struct window {
	const char *name;		/* of the array of maps */
	uint32_t max_entries;		/* of each slot */
	uint32_t value_size;		/* 0: as in the BPF object */
	/* Takes one entry; 0 or -errno, which ends the read */
	int (*take)(const void *key, const void *value, void *arg);
	/* the rest belongs to windows.c */
	int outer;
	int slot[2];			/* descriptors, -1: not made */
	uint32_t key_size;
};

/* These functions return 0 or -errno. */
/* Makes the slots.  To be called before the object is loaded. */
int window_prepare(struct window *window, struct bpf_object *object);
/* Puts the slots into the array.  To be called after the object has been loaded. */
int window_install(struct window *window, struct bpf_object *object);
void window_close(struct window *window);
/* Waits until all programs have ended that began before the call. */
int window_wait(struct window *window);
/* Empties a slot that no program writes. */
int window_drain(struct window *window, uint32_t slot, void *arg);

#endif
