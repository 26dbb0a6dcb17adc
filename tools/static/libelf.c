// SPDX-License-Identifier: GPL-2.0-only
/*
 * elfutils 0.192 (Debian 13, Debian 12 backports) leaves two of its own
 * functions out of libelf.a; 0.191 does not need them and 0.193 has them.
 * They set up and free a cache for elf_getdata_rawchunk(), which neither libbpf
 * nor we call, so that doing nothing is right.  Weak: libelf's own win.
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
