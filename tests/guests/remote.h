/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef TESTS_GUESTS_REMOTE_H
#define TESTS_GUESTS_REMOTE_H

#define REMOTE_LOAD		0
#define REMOTE_STORE		1
#define REMOTE_STORE_FOREVER	2
#define REMOTE_LOAD_FOREVER	3
#define REMOTE_CALL		4
#define REMOTE_ADD		5

#endif
