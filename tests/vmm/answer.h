/* SPDX-License-Identifier: GPL-2.0-only */
/* The kernel's answers as text. */
#ifndef TESTS_ANSWER_H
#define TESTS_ANSWER_H

/*
 * The result of an ioctl as text: "EINVAL" for -EINVAL, else the number.  Valid until
 * the next call.
 */
const char *vmm_answer(int rc);

#endif
