// SPDX-License-Identifier: GPL-2.0-only
#define _GNU_SOURCE
#include <errno.h>
#include <linux/perf_event.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "host.h"
#include "tap.h"
#include "trace.h"

#define TRACEFS		"/sys/kernel/tracing/events/"
#define RING_SIZE	(8ul << 20)
#define MAX_FIELDS	64

struct field {
	char name[32];
	unsigned int offset, size;
};

struct record {
	u64 time;
	size_t offset, size;	/* in bytes[] */
};

struct trace {
	int fd;
	struct perf_event_mmap_page *ring;
	size_t page;
	struct field fields[MAX_FIELDS];
	unsigned int field_count;
	u8 *bytes;
	struct record *records;
	size_t count;
	u64 lost;
};

/* Lines like "field:int vcpu_id;	offset:8;	size:4;	signed:1;" */
static void read_format(struct trace *trace, const char *text)
{
	const char *line = text;

	while ((line = strstr(line, "\tfield:"))) {
		struct field *field = &trace->fields[trace->field_count];
		const char *end = strchr(line, ';');
		const char *name = end;

		while (name > line && name[-1] != ' ')
			name--;
		if (trace->field_count == MAX_FIELDS ||
		    (size_t)(end - name) >= sizeof(field->name) ||
		    sscanf(end, "; offset:%u; size:%u;", &field->offset, &field->size) != 2)
			tap_bail("a format file was not understood: %.60s", line);
		memcpy(field->name, name, end - name);
		trace->field_count++;
		line = end;
	}
}

struct trace *trace_start(const char *event)
{
	return trace_start_thread(event, 0);
}

struct trace *trace_start_thread(const char *event, pid_t tid)
{
	struct perf_event_attr attr = {
		.type = PERF_TYPE_TRACEPOINT,
		.size = sizeof(attr),
		.sample_period = 1,
		.sample_type = PERF_SAMPLE_TIME | PERF_SAMPLE_RAW,
	};
	static char text[65536];
	struct trace *trace;
	char path[160];
	char *colon;

	snprintf(path, sizeof(path), TRACEFS "%s/format", event);
	colon = strchr(path, ':');
	if (!colon)
		tap_bail("\"%s\" is no SYSTEM:EVENT", event);
	*colon = '/';
	host_read(path, text, sizeof(text));
	if (!text[0])
		return NULL;
	attr.config = host_field(path, "ID");

	trace = calloc(1, sizeof(*trace));
	read_format(trace, text);
	trace->page = sysconf(_SC_PAGESIZE);
	trace->fd = syscall(SYS_perf_event_open, &attr, tid, -1, -1, PERF_FLAG_FD_CLOEXEC);
	if (trace->fd < 0)
		tap_bail("perf_event_open of %s: %s", event, strerror(errno));
	trace->ring = mmap(NULL, trace->page + RING_SIZE, PROT_READ | PROT_WRITE, MAP_SHARED,
			   trace->fd, 0);
	if (trace->ring == MAP_FAILED)
		tap_bail("ring buffer of %s: %s", event, strerror(errno));
	return trace;
}

/* Copies @size bytes of the ring at @position, which may wrap. */
static void copy(struct trace *trace, u64 position, void *to, size_t size)
{
	const u8 *data = (const u8 *)trace->ring + trace->page;
	size_t at = position % RING_SIZE;
	size_t first = size < RING_SIZE - at ? size : RING_SIZE - at;

	memcpy(to, data + at, first);
	memcpy((u8 *)to + first, data, size - first);
}

void trace_stop(struct trace *trace)
{
	u64 head, position;
	size_t used = 0;

	ioctl(trace->fd, PERF_EVENT_IOC_DISABLE, 0);
	head = __atomic_load_n(&trace->ring->data_head, __ATOMIC_ACQUIRE);
	trace->bytes = malloc(head + 1);
	trace->records = calloc(head / sizeof(struct perf_event_header) + 1,
				sizeof(*trace->records));
	for (position = 0; position < head; ) {
		struct perf_event_header header;
		u64 lost[2], time;
		u32 size;

		copy(trace, position, &header, sizeof(header));
		if (header.type == PERF_RECORD_SAMPLE) {
			struct record *record = &trace->records[trace->count++];
			u64 at = position + sizeof(header);

			copy(trace, at, &time, sizeof(time));
			at += sizeof(time);
			copy(trace, at, &size, sizeof(size));
			at += sizeof(size);
			*record = (struct record){ .time = time, .offset = used, .size = size };
			copy(trace, at, trace->bytes + used, size);
			used += size;
		} else if (header.type == PERF_RECORD_LOST) {
			copy(trace, position + sizeof(header), lost, sizeof(lost));
			trace->lost += lost[1];
		}
		position += header.size;
	}
}

size_t trace_count(struct trace *trace)
{
	return trace->count;
}

u64 trace_time(struct trace *trace, size_t index)
{
	if (index >= trace->count)
		tap_bail("there are %zu records, no %zu", trace->count, index);
	return trace->records[index].time;
}

u64 trace_lost(struct trace *trace)
{
	return trace->lost;
}

const void *trace_record(struct trace *trace, size_t index, size_t *size)
{
	if (index >= trace->count)
		tap_bail("there are %zu records, no %zu", trace->count, index);
	*size = trace->records[index].size;
	return trace->bytes + trace->records[index].offset;
}

const struct hvlens_exit *trace_exit_record(struct trace *trace, size_t index)
{
	size_t size;
	const u8 *record = trace_record(trace, index, &size);

	/* the record follows the common fields of every event */
	if (size < 8 + sizeof(struct hvlens_exit))
		tap_bail("hvlens:exit has %zu bytes", size);
	return (const void *)(record + 8);
}

u64 trace_field(struct trace *trace, size_t index, const char *name)
{
	size_t size;
	const u8 *record = trace_record(trace, index, &size);
	unsigned int i;
	u64 value = 0;

	for (i = 0; i < trace->field_count; i++) {
		const struct field *field = &trace->fields[i];

		if (strcmp(field->name, name))
			continue;
		if (field->offset + field->size > size || field->size > sizeof(value))
			tap_bail("field %s is not a scalar of the record", name);
		/* little-endian: the low bytes first */
		memcpy(&value, record + field->offset, field->size);
		return value;
	}
	tap_bail("there is no field %s", name);
}

void trace_end(struct trace *trace)
{
	munmap(trace->ring, trace->page + RING_SIZE);
	close(trace->fd);
	free(trace->bytes);
	free(trace->records);
	free(trace);
}
