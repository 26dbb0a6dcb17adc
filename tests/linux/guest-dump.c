// SPDX-License-Identifier: GPL-2.0-only
/*
 * guest-dump hold PAGES: fills so many pages with a mark and their number, says "holds" and waits
 * for ever.
 * guest-dump find: reads /proc/vmcore, the memory of the kernel that crashed, and prints for how
 * many CPUs it has registers, and how many marked pages: "dump of 2 CPUs, 256 pages".
 */
#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define MAX_PAGES	4096

/* The magic is computed, so that the program's image does not have it. */
struct mark {
	uint64_t magic, number, inverse;
};

static uint64_t magic(uint64_t number)
{
	return (number + 1) * 0x9e3779b97f4a7c15;
}

static int hold(unsigned long pages)
{
	long size = sysconf(_SC_PAGESIZE);
	char *memory = mmap(NULL, pages * size, PROT_READ | PROT_WRITE,
			    MAP_PRIVATE | MAP_ANONYMOUS | MAP_LOCKED, -1, 0);

	if (memory == MAP_FAILED) {
		perror("guest-dump: mmap");
		return 1;
	}
	for (unsigned long i = 0; i < pages; i++)
		*(struct mark *)(memory + i * size) = (struct mark){ magic(i), i, ~(uint64_t)i };
	puts("holds");
	fflush(stdout);
	for (;;)
		pause();
}

static int core;

static void read_at(void *to, size_t size, off_t from)
{
	ssize_t n;

	while (size) {
		n = pread(core, to, size, from);
		if (n <= 0) {
			fprintf(stderr, "guest-dump: /proc/vmcore at %#llx: %s\n",
				(unsigned long long)from, n ? strerror(errno) : "it ends");
			exit(1);
		}
		to = (char *)to + n;
		from += n;
		size -= n;
	}
}

/* The notes of a CPU are its registers, NT_PRSTATUS. */
static unsigned int count_cpus(const Elf64_Phdr *segment)
{
	char *notes = malloc(segment->p_filesz);
	unsigned int cpus = 0;
	Elf64_Nhdr *note;
	uint64_t at = 0;

	if (!notes)
		exit(1);
	read_at(notes, segment->p_filesz, segment->p_offset);
	while (at + sizeof(*note) <= segment->p_filesz) {
		note = (Elf64_Nhdr *)(notes + at);
		cpus += note->n_type == NT_PRSTATUS && note->n_namesz == sizeof("CORE") &&
			!strcmp((char *)(note + 1), "CORE");
		at += sizeof(*note) + ((note->n_namesz + 3) & ~3UL) + ((note->n_descsz + 3) & ~3UL);
	}
	free(notes);
	return cpus;
}

/* A page counts once, even if its old copy is still in free memory. */
static unsigned int count_pages(const Elf64_Phdr *segment, char *found)
{
	static char chunk[1 << 20];
	const struct mark *mark;
	unsigned int pages = 0;
	uint64_t at, size;

	for (at = 0; at < segment->p_filesz; at += size) {
		size = segment->p_filesz - at;
		if (size > sizeof(chunk))
			size = sizeof(chunk);
		read_at(chunk, size, segment->p_offset + at);
		for (uint64_t page = 0; page + sizeof(*mark) <= size; page += 4096) {
			mark = (struct mark *)(chunk + page);
			if (mark->number >= MAX_PAGES || mark->magic != magic(mark->number) ||
			    mark->inverse != ~mark->number || found[mark->number])
				continue;
			found[mark->number] = 1;
			pages++;
		}
	}
	return pages;
}

static int find(void)
{
	static char found[MAX_PAGES];
	unsigned int cpus = 0, pages = 0;
	Elf64_Ehdr header;
	Elf64_Phdr segment;

	core = open("/proc/vmcore", O_RDONLY | O_CLOEXEC);
	if (core < 0) {
		perror("guest-dump: /proc/vmcore");
		return 1;
	}
	read_at(&header, sizeof(header), 0);
	if (memcmp(header.e_ident, ELFMAG, SELFMAG) || header.e_type != ET_CORE) {
		fprintf(stderr, "guest-dump: /proc/vmcore is no ELF core\n");
		return 1;
	}
	for (int i = 0; i < header.e_phnum; i++) {
		read_at(&segment, sizeof(segment), header.e_phoff + i * sizeof(segment));
		if (segment.p_type == PT_NOTE)
			cpus += count_cpus(&segment);
		else if (segment.p_type == PT_LOAD)
			pages += count_pages(&segment, found);
	}
	printf("dump of %u CPUs, %u pages\n", cpus, pages);
	return 0;
}

int main(int argc, char **argv)
{
	unsigned long pages = argc == 3 ? strtoul(argv[2], NULL, 10) : 0;

	if (argc == 2 && !strcmp(argv[1], "find"))
		return find();
	if (argc == 3 && !strcmp(argv[1], "hold") && pages && pages <= MAX_PAGES)
		return hold(pages);
	fprintf(stderr, "usage: guest-dump hold PAGES (at most %d), guest-dump find\n", MAX_PAGES);
	return 2;
}
