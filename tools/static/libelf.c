// SPDX-License-Identifier: GPL-2.0-only
/*
 * The libelf.a of elfutils 0.192 (Debian 13, Debian 12 backports) lacks two functions that it
 * calls.  0.191 does not call them, and 0.193 has them.  They set up and free a cache for
 * elf_getdata_rawchunk(), which neither libbpf nor the tools call, so they need not do anything.
 * The symbols are weak, so that those of libelf are used if it has them.
 */
void eu_search_tree_init(void *tree);
void eu_search_tree_fini(void *tree, void (*free_node)(void *node));

__attribute__((weak)) void eu_search_tree_init(void *tree)
{
	(void)tree;
}

__attribute__((weak)) void eu_search_tree_fini(void *tree, void (*free_node)(void *node))
{
	(void)tree;
	(void)free_node;
}
