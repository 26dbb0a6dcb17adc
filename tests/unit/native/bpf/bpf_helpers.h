/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Replaces libbpf's header, so that bpf/source.bpf.c is part of a program for this machine. The
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

void *bpf_ringbuf_reserve(void *ringbuf, __u64 size, __u64 flags);
void bpf_ringbuf_submit(void *data, __u64 flags);
long bpf_ringbuf_output(void *ringbuf, void *data, __u64 size, __u64 flags);
long bpf_get_stack(void *ctx, void *buf, __u32 size, __u64 flags);

#endif
