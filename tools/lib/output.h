/* SPDX-License-Identifier: GPL-2.0-only */
/* Standard output as a whole: what is printed arrives, or the exit status says that it did not. */
#ifndef HVLENS_OUTPUT_H
#define HVLENS_OUTPUT_H

/*
 * To be called first.  Ends the program with STATUS_ERROR if standard output is closed: the next
 * file that is opened would be mistaken for it.  When the program ends later, what is still
 * buffered is written, and an error ends it with STATUS_ERROR, after a message, also after --help.
 */
void output_guard(void);

#endif
