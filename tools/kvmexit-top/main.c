// SPDX-License-Identifier: GPL-2.0-only
#include "options.h"
#include "run.h"

int main(int argc, char **argv)
{
	struct options options;

	options_parse(argc, argv, &options);
	return run(&options);
}
