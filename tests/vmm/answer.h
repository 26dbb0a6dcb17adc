/* SPDX-License-Identifier: GPL-2.0-only */
/* The kernel's answers as text. */
#ifndef TESTS_ANSWER_H
#define TESTS_ANSWER_H

/*
 * What an ioctl gave: "EINVAL" for -EINVAL, the number otherwise.  Good until
 * the next call.
 */
const char *vmm_answer(int rc);

#endif
