// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "settings.h"

/* The folder above hvlens/; false: there is none */
static bool config_folder(char path[SETTINGS_PATH])
{
	const char *config = getenv("XDG_CONFIG_HOME"), *home = getenv("HOME");
	int len;

	if (config && *config == '/')
		len = snprintf(path, SETTINGS_PATH, "%s", config);
	else if (home && *home == '/')
		len = snprintf(path, SETTINGS_PATH, "%s/.config", home);
	else
		return false;
	return len < SETTINGS_PATH;
}

/* Appends @name to @path; false: too long */
static bool append(char path[SETTINGS_PATH], const char *name)
{
	size_t len = strlen(path);

	return snprintf(path + len, SETTINGS_PATH - len, "%s", name) < SETTINGS_PATH - (int)len;
}

void settings_read(struct settings *settings)
{
	char path[SETTINGS_PATH], *line, *rest;
	FILE *file = NULL;
	size_t size = 0;

	*settings = (struct settings){ 0 };
	if (config_folder(path) && append(path, "/hvlens/kvmexit-top"))
		file = fopen(path, "re");
	if (!file)
		return;
	/* One "line" up to a byte that the file does not have */
	if (getdelim(&settings->text, &size, '\0', file) > 0) {
		rest = settings->text;
		while ((line = strsep(&rest, "\n")) && settings->count < SETTINGS_MAX) {
			if (!strncmp(line, "--", 2))
				settings->options[settings->count++] = line;
		}
	}
	fclose(file);
}

void settings_free(struct settings *settings)
{
	free(settings->text);
}

static void write_options(FILE *file, const struct state *state)
{
	const char *between = "";

	fprintf(file, "# The options of kvmexit-top on a terminal, one per line.  W writes this file.\n");
	fprintf(file, "--by=%s\n", by_names[state->by]);
	fprintf(file, "--sort=%s%s\n", state->sorting.reverse ? "-" : "",
		columns[state->sorting.column].name);
	fprintf(file, "--delay=%u.%03u\n", (unsigned int)(state->interval / 1000000000),
		(unsigned int)(state->interval / 1000000 % 1000));
	fprintf(file, "--columns=");
	for (size_t i = 0; i < state->columns.count; i++, between = ",")
		fprintf(file, "%s%s", between, columns[state->columns.column[i]].name);
	fprintf(file, "\n");
}

/*
 * Root may have the home directory of another user, as with sudo.  That user could have put a link
 * in the place of a folder.
 */
static int make_folders(char path[SETTINGS_PATH])
{
	struct stat stat;

	if (!config_folder(path))
		return -ENOENT;
	if (mkdir(path, 0700) && errno != EEXIST)
		return -errno;
	if (lstat(path, &stat))
		return -errno;
	if (stat.st_uid != geteuid())
		return -EPERM;
	if (!append(path, "/hvlens"))
		return -ENAMETOOLONG;
	return mkdir(path, 0700) && errno != EEXIST ? -errno : 0;
}

int settings_save(const struct state *state, char path[SETTINGS_PATH])
{
	char part[SETTINGS_PATH];
	int err = make_folders(path), fd;
	FILE *file;

	if (err)
		return err;
	if (!append(path, "/kvmexit-top"))
		return -ENAMETOOLONG;
	strcpy(part, path);
	if (!append(part, ".new"))
		return -ENAMETOOLONG;
	unlink(part);
	fd = open(part, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd < 0)
		return -errno;
	file = fdopen(fd, "w");
	if (!file) {
		close(fd);
		return -ENOMEM;
	}
	write_options(file, state);
	if (fclose(file) || rename(part, path))
		return -errno;
	return 0;
}
