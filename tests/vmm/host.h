/* SPDX-License-Identifier: GPL-2.0-only */
/* What tests need from the host around KVM. */
#ifndef TESTS_HOST_H
#define TESTS_HOST_H

#include "vmm.h"

/* Keeps the calling thread on host CPU @cpu. */
void host_pin(int cpu);
int host_cpus(void);

/* The Power ISA that the host's processor follows: 207, 300 (POWER9) or 310 */
unsigned int host_isa(void);

/* The trap of the exit that an interprocessor interrupt for the host's CPU causes */
u32 host_ipi_trap(void);

u64 host_timebase(void);
u64 host_timebase_hz(void);
void host_sleep_ms(unsigned int ms);

/* First @size - 1 bytes of a text file, "" if there is none */
void host_read(const char *path, char *text, size_t size);

/* Number behind "NAME:" in a file like /proc/meminfo; -1 if not there */
long host_field(const char *path, const char *name);

/* Ends the test with "Bail out!" when the file can't be written. */
void host_write(const char *path, const char *text);

/* Routes the host's interrupt @irq to CPU @cpu from now on. */
void host_route(unsigned int irq, int cpu);

/* How often CPU @cpu has handled interrupt @irq; "Bail out!" if there is no such interrupt */
u64 host_irq_count(unsigned int irq, int cpu);

/*
 * Gives the host 128 MiB of compressed memory to swap to; false: it has no such
 * device.
 */
bool host_swap_on(void);
void host_swap_off(void);

#endif
