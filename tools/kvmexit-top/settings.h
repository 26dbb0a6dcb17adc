/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The settings that W saves: a file of options as on the command line, one per line.  It is
 * kvmexit-top in hvlens/ of XDG_CONFIG_HOME or ~/.config, and is used only on the screen.
 */
#ifndef KVMEXIT_TOP_SETTINGS_H
#define KVMEXIT_TOP_SETTINGS_H

#include "state.h"

#define SETTINGS_MAX	16

/* The lines of the file */
struct settings {
	char *text;
	size_t count;
	char *options[SETTINGS_MAX];
};

/* Without a file there are no options. */
void settings_read(struct settings *settings);
void settings_free(struct settings *settings);

/* 0 or -errno; -EPERM: the home directory belongs to another user.  @path: what was written */
#define SETTINGS_PATH	512
int settings_save(const struct state *state, char path[SETTINGS_PATH]);

#endif
