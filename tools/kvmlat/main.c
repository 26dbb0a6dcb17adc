// SPDX-License-Identifier: GPL-2.0-only
#include "options.h"
#include "output.h"
#include "run.h"

int main(int argc, char **argv)
{
	struct options options;

	output_guard();
	options_parse(argc, argv, &options);
	return run(&options);
}
