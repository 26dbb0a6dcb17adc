// SPDX-License-Identifier: GPL-2.0-only
/*
 * Counts which code of the backend runs. It is for a backend that is built with
 * -fprofile-arcs (tests/variants/coverage.patch), which needs this module to be loaded.
 *
 * The compiler has put counters into the backend's data, one for each arc of a function's
 * flow graph that it cannot compute from others. The backend's code only adds 1 to them,
 * without a lock, a call or a memory access elsewhere. So this is safe wherever the code
 * runs, and two CPUs may lose a count of each other. Before the backend is unloaded, its
 * counts are saved here. The assembly has no counters.
 *
 * /sys/kernel/debug/coverage has
 *
 *   arcs	the counts, for scripts/coverage, each function that ran in a line:
 *		FILE VERSION STAMP IDENT LINE-CHECKSUM ARCS-CHECKSUM COUNT...
 *		(what these are: gcov-io.h in GCC's sources); written: all counts become 0
 *	bits	a byte for each counter: 0 or 1
 */
#include <linux/debugfs.h>
#include <linux/list.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/seq_file.h>
#include <linux/slab.h>

/* What GCC makes of a source file: gcov.h and libgcov.h in its sources. */
#if __GNUC__ >= 14
#define KINDS	9
#elif __GNUC__ >= 12
#define KINDS	8
#else
#error "the layout of struct gcov_info is not known for this compiler"
#endif

struct gcov_counters {
	unsigned int n;
	s64 *values;
};

struct gcov_info;

struct gcov_function {
	const struct gcov_info *key;
	unsigned int ident, line_checksum, arcs_checksum;
	struct gcov_counters arcs;
};

struct gcov_info {
	unsigned int version;
	struct gcov_info *next;
	unsigned int stamp, checksum;
	const char *file;
	const void *merge[KINDS];	/* functions, which this module does not call */
	unsigned int functions_count;
	struct gcov_function **functions;
};

/* The runtime that the compiled code expects. */
void __gcov_init(struct gcov_info *info);
void __gcov_exit(void);
void __gcov_merge_add(s64 *values, unsigned int n);

struct function {
	struct list_head list;
	char *file;
	unsigned int version, stamp, ident, line_checksum, arcs_checksum;
	s64 *live;		/* in the backend's data; NULL: it is not loaded */
	unsigned int n;
	s64 saved[];		/* of the backends that were loaded before */
};

static LIST_HEAD(functions);
static DEFINE_MUTEX(lock);	/* for all of it */

static struct function *find(const struct gcov_info *info, const struct gcov_function *from)
{
	struct function *f;

	list_for_each_entry(f, &functions, list)
		if (!f->live && f->ident == from->ident && f->stamp == info->stamp &&
		    f->arcs_checksum == from->arcs_checksum && f->n == from->arcs.n &&
		    !strcmp(f->file, info->file))
			return f;
	return NULL;
}

static struct function *add(const struct gcov_info *info, const struct gcov_function *from)
{
	struct function *f = kzalloc(struct_size(f, saved, from->arcs.n), GFP_KERNEL);

	if (!f)
		return NULL;
	f->file = kstrdup(info->file, GFP_KERNEL);
	if (!f->file) {
		kfree(f);
		return NULL;
	}
	f->version = info->version;
	f->stamp = info->stamp;
	f->ident = from->ident;
	f->line_checksum = from->line_checksum;
	f->arcs_checksum = from->arcs_checksum;
	f->n = from->arcs.n;
	list_add_tail(&f->list, &functions);
	return f;
}

/* A constructor of the backend calls this for each of its files; call_constructors() */
void __gcov_init(struct gcov_info *info)
{
	unsigned int i;

	lockdep_assert_held(&lock);
	for (i = 0; i < info->functions_count; i++) {
		const struct gcov_function *from = info->functions[i];
		struct function *f;

		if (!from || from->key != info)
			continue;
		f = find(info, from) ?: add(info, from);
		if (f)
			f->live = from->arcs.values;
		else
			pr_warn("no memory for the counts of %s\n", info->file);
	}
}
EXPORT_SYMBOL(__gcov_init);

/* Only user space has a destructor that writes a file, and that merges the counts of others. */
void __gcov_exit(void)
{
}
EXPORT_SYMBOL(__gcov_exit);

void __gcov_merge_add(s64 *values, unsigned int n)
{
}
EXPORT_SYMBOL(__gcov_merge_add);

/* Debian's kernels don't call constructors of modules (CONFIG_CONSTRUCTORS). */
static void call_constructors(struct module *module)
{
	const struct mod_kallsyms *symbols = rcu_dereference_raw(module->kallsyms);
	unsigned int i;

	for (i = 0; i < symbols->num_symtab; i++) {
		const Elf_Sym *s = &symbols->symtab[i];

		if (strstarts(symbols->strtab + s->st_name, "_sub_I_"))
			((void (*)(void))s->st_value)();
	}
}

static void save(void)
{
	struct function *f;
	unsigned int i;

	list_for_each_entry(f, &functions, list) {
		for (i = 0; f->live && i < f->n; i++)
			f->saved[i] += f->live[i];
		f->live = NULL;
	}
}

static int on_module(struct notifier_block *nb, unsigned long action, void *data)
{
	struct module *module = data;

	if (strcmp(module->name, "kvm_hv"))
		return NOTIFY_DONE;
	mutex_lock(&lock);
	if (action == MODULE_STATE_COMING)
		call_constructors(module);
	else if (action == MODULE_STATE_GOING)
		save();
	mutex_unlock(&lock);
	return NOTIFY_OK;
}

static struct notifier_block notifier = { .notifier_call = on_module };

static s64 count(const struct function *f, unsigned int i)
{
	return f->saved[i] + (f->live ? READ_ONCE(f->live[i]) : 0);
}

static int arcs_show(struct seq_file *file, void *unused)
{
	struct function *f;
	unsigned int i;
	bool ran;

	mutex_lock(&lock);
	list_for_each_entry(f, &functions, list) {
		for (ran = false, i = 0; i < f->n; i++)
			ran |= count(f, i);
		if (!ran)
			continue;
		seq_printf(file, "%s %u %u %u %u %u", f->file, f->version, f->stamp, f->ident,
			   f->line_checksum, f->arcs_checksum);
		for (i = 0; i < f->n; i++)
			seq_printf(file, " %lld", count(f, i));
		seq_putc(file, '\n');
	}
	mutex_unlock(&lock);
	return 0;
}

static int arcs_open(struct inode *inode, struct file *file)
{
	return single_open(file, arcs_show, NULL);
}

static ssize_t arcs_write(struct file *file, const char __user *from, size_t size, loff_t *pos)
{
	struct function *f;

	mutex_lock(&lock);
	list_for_each_entry(f, &functions, list) {
		memset(f->saved, 0, f->n * sizeof(f->saved[0]));
		if (f->live)
			memset(f->live, 0, f->n * sizeof(f->live[0]));
	}
	mutex_unlock(&lock);
	return size;
}

static const struct file_operations arcs_fops = {
	.owner = THIS_MODULE,
	.open = arcs_open,
	.read = seq_read,
	.write = arcs_write,
	.llseek = seq_lseek,
	.release = single_release,
};

static int bits_show(struct seq_file *file, void *unused)
{
	struct function *f;
	unsigned int i;

	mutex_lock(&lock);
	list_for_each_entry(f, &functions, list)
		for (i = 0; i < f->n; i++)
			seq_putc(file, count(f, i) != 0);
	mutex_unlock(&lock);
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(bits);

static struct dentry *dir;

static int __init coverage_init(void)
{
	int err = register_module_notifier(&notifier);

	if (err)
		return err;
	dir = debugfs_create_dir("coverage", NULL);
	debugfs_create_file("arcs", 0600, dir, NULL, &arcs_fops);
	debugfs_create_file("bits", 0400, dir, NULL, &bits_fops);
	return 0;
}

static void __exit coverage_exit(void)
{
	struct function *f, *next;

	debugfs_remove(dir);
	unregister_module_notifier(&notifier);
	list_for_each_entry_safe(f, next, &functions, list) {
		kfree(f->file);
		kfree(f);
	}
}

module_init(coverage_init);
module_exit(coverage_exit);

MODULE_DESCRIPTION("hvlens: counts which code of the backend runs");
MODULE_LICENSE("GPL");
