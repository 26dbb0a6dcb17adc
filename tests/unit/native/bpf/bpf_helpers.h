/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Replaces libbpf's header, so that bpf/source.bpf.h is part of a program for this machine. The
 * test has functions in place of the kernel's.
 */
#ifndef NATIVE_BPF_HELPERS_H
#define NATIVE_BPF_HELPERS_H

#define SEC(name)
#define __uint(name, value)	int (*name)[value]
#define __type(name, value)	typeof(value) *name
#define __array(name, value)	typeof(value) *name[]

void *bpf_map_lookup_elem(void *map, const void *key);
long bpf_map_update_elem(void *map, const void *key, const void *value, __u64 flags);
__u32 bpf_get_smp_processor_id(void);
__u64 bpf_get_current_pid_tgid(void);
__u64 bpf_ktime_get_ns(void);
long bpf_probe_read_kernel(void *to, __u32 size, const void *from);

#endif
