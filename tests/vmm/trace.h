/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The raw records of tracepoints that fire on one thread, from perf_event_open(2), and the
 * number of records that were lost
 */
#ifndef TESTS_TRACE_H
#define TESTS_TRACE_H

#include "vmm.h"
#include "hvlens/exit_record.h"

struct trace;

/* Listens to "SYSTEM:EVENT" on the calling thread; NULL if there is no such event. */
struct trace *trace_start(const char *event);

/* The same on another thread of this process */
struct trace *trace_start_thread(const char *event, pid_t tid);

/* Stops listening; what was recorded can still be read. */
void trace_stop(struct trace *trace);

/*
 * The number of records, and the bytes of each, in order, from the common header on; @size
 * is in bytes. Valid until trace_end().
 */
size_t trace_count(struct trace *trace);
const void *trace_record(struct trace *trace, size_t index, size_t *size);

/* Record @index of hvlens:exit, valid until trace_end() */
const struct hvlens_exit *trace_exit_record(struct trace *trace, size_t index);

/* When record @index was made: orders records of several traces of one CPU */
u64 trace_time(struct trace *trace, size_t index);

/* Records that did not fit the buffer */
u64 trace_lost(struct trace *trace);

/* Field @name of record @index, zero-extended from its size */
u64 trace_field(struct trace *trace, size_t index, const char *name);

void trace_end(struct trace *trace);

#endif
