/* SPDX-License-Identifier: GPL-2.0-only */
/* Definitions that the headers of some supported kernels lack. */
#ifndef HVLENS_COMPAT_H
#define HVLENS_COMPAT_H

#include <asm/reg.h>

/* ISA 3.1B, Book III: HASHPKEYR, the privileged state's hash key */
#ifndef SPRN_HASHPKEYR
#define SPRN_HASHPKEYR	0x1d5
#endif

#endif /* HVLENS_COMPAT_H */
