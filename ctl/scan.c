// SPDX-License-Identifier: GPL-2.0
/*
 * scan.c - files in protected trees that have names elsewhere, too
 *
 * A file has as many names as its link count says. Those in the trees are
 * counted, each once: trees may lie in one another or be mounted twice, so a
 * directory that is a tree's own is recognized when the walk comes by, and not
 * gone through again. The others need no memory, as directories have one
 * parent.
 *
 * Anyone may change what is walked through meanwhile. Each directory is opened
 * by its path below the tree's, with the kernel seeing to it that neither a
 * symbolic link nor a mount is passed. So no depth takes more than two
 * descriptors, and nothing outside is ever read.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "../uapi/fim.h"
#include "buf.h"
#include "mem.h"
#include "scan.h"

/**
 * struct scan_place - a directory that is a tree's own, or several trees'
 * @dev: its device
 * @ino: its inode number
 * @near: the strictest tree, which is about its entries
 * @deep: the strictest that is about what is below them, too; NULL if none
 * @near_done: its entries were counted
 * @deep_done: what is below them was, too
 */
struct scan_place {
	uint64_t dev;
	uint64_t ino;
	const struct scan_tree *near;
	const struct scan_tree *deep;
	bool near_done;
	bool deep_done;
};

/**
 * struct pending - a directory to go through
 * @below: the next one
 * @deep: the tree that is about what is in it
 * @path: below the directory where the walk began
 */
struct pending {
	struct pending *below;
	const struct scan_tree *deep;
	char path[];
};

/**
 * struct walk - a walk through one tree
 * @scan: the search
 * @tree: the tree
 * @root: its directory
 * @todo: directories to go through, last in first out
 */
struct walk {
	struct scan *scan;
	const struct scan_tree *tree;
	int root;
	struct pending *todo;
};

/**
 * struct visit - a directory that is gone through
 * @dir: the directory
 * @path: below the one where the walk began
 * @near: the tree that is about its entries; NULL if they are counted already
 * @deep: the tree that is about what is below them; NULL if none is
 */
struct visit {
	DIR *dir;
	const char *path;
	const struct scan_tree *near;
	const struct scan_tree *deep;
};

/**
 * scan_add() - add a tree
 * @s: a search that has not run
 * @tree: copied; its strings have to outlive the search
 */
void scan_add(struct scan *s, const struct scan_tree *tree)
{
	mem_grow(s->trees, s->nr_trees, s->cap_trees);
	s->trees[s->nr_trees++] = *tree;
}

static void trouble(const struct walk *w, const char *path, int error)
{
	struct buf whole = { 0 };

	w->scan->unread++;
	if (!w->scan->trouble)
		return;
	buf_addf(&whole, "%s%s", w->tree->name, path);
	w->scan->trouble(whole.data, error);
	buf_free(&whole);
}

static int open_directory(int at, const char *path, uint64_t resolve)
{
	struct open_how how = {
		.flags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC,
		.resolve = RESOLVE_NO_SYMLINKS | resolve,
	};

	return syscall(SYS_openat2, at, path, &how, sizeof(how));
}

static int open_below(const struct walk *w, const char *path)
{
	return open_directory(w->root, *path ? path : ".",
			      RESOLVE_BENEATH | RESOLVE_NO_XDEV);
}

static int stat_entry(int fd, const char *name, struct statx *st)
{
	const int flags = AT_SYMLINK_NOFOLLOW | AT_NO_AUTOMOUNT |
			  (*name ? 0 : AT_EMPTY_PATH);

	return statx(fd, name, flags, STATX_TYPE | STATX_NLINK | STATX_INO, st);
}

static uint64_t device_of(const struct statx *st)
{
	return makedev(st->stx_dev_major, st->stx_dev_minor);
}

static int by_inode(const void *a, const void *b)
{
	const struct scan_place *x = a, *y = b;

	if (x->dev != y->dev)
		return x->dev < y->dev ? -1 : 1;
	return x->ino < y->ino ? -1 : x->ino > y->ino;
}

static struct scan_place *find_place(const struct scan *s,
				     const struct statx *st)
{
	const struct scan_place key = { .dev = device_of(st),
					.ino = st->stx_ino };

	if (!s->nr_places)
		return NULL;
	return bsearch(&key, s->places, s->nr_places, sizeof(key), by_inode);
}

/* Of trees that are as strict, one whose files are wanted. */
static bool is_stricter(const struct scan_tree *a, const struct scan_tree *b)
{
	if (!b || a->action != b->action)
		return !b || a->action > b->action;
	return a->wanted && !b->wanted;
}

static int stat_tree(const struct scan_tree *tree, struct statx *st)
{
	int fd = open_directory(AT_FDCWD, tree->path, 0), err;

	if (fd < 0)
		return -errno;
	err = stat_entry(fd, "", st) ? -errno : 0;
	close(fd);
	return err;
}

static void merge_places(struct scan *s)
{
	size_t i, nr = 0;

	qsort(s->places, s->nr_places, sizeof(*s->places), by_inode);
	for (i = 0; i < s->nr_places; i++)
		if (!nr || by_inode(&s->places[nr - 1], &s->places[i]))
			s->places[nr++] = s->places[i];
	s->nr_places = nr;
}

static void make_places(struct scan *s)
{
	struct scan_tree *tree, *end = s->trees + s->nr_trees;
	struct scan_place *place;
	struct statx st;
	int err;

	s->places = mem_resize(NULL, s->nr_trees + 1, sizeof(*s->places));
	for (tree = s->trees; tree < end; tree++) {
		err = stat_tree(tree, &st);
		if (!err)
			s->places[s->nr_places++] = (struct scan_place){
				device_of(&st), st.stx_ino
			};
		else if (err != -ENOENT)
			trouble(&(struct walk){ s, tree }, "", -err);
	}
	merge_places(s);
	for (tree = s->trees; tree < end; tree++) {
		place = stat_tree(tree, &st) ? NULL : find_place(s, &st);
		tree->place = place;
		if (place && is_stricter(tree, place->near))
			place->near = tree;
		if (place && tree->recursive && is_stricter(tree, place->deep))
			place->deep = tree;
	}
}

static void grow_files(struct scan *s);

/* The file's place in the table, or the free one where it belongs. */
static struct scan_file *find_file(struct scan *s, uint64_t dev, uint64_t ino)
{
	uint64_t hash = (ino ^ dev << 32) * 0x9e3779b97f4a7c15ULL;
	size_t i = hash >> 32;

	if (2 * (s->nr_files + 1) > s->cap_files)
		grow_files(s);
	for (;; i++) {
		struct scan_file *f = &s->files[i & (s->cap_files - 1)];

		if (!f->ino || (f->dev == dev && f->ino == ino))
			return f;
	}
}

static void grow_files(struct scan *s)
{
	struct scan_file *old = s->files;
	size_t i, cap = s->cap_files;

	s->cap_files = cap ? 2 * cap : 256;
	s->files = mem_resize(NULL, s->cap_files, sizeof(*s->files));
	memset(s->files, 0, s->cap_files * sizeof(*s->files));
	for (i = 0; i < cap; i++)
		if (old[i].ino)
			*find_file(s, old[i].dev, old[i].ino) = old[i];
	free(old);
}

static char *make_path(const struct walk *w, const struct visit *v,
		       const char *name)
{
	struct buf path = { 0 };

	buf_addf(&path, "%s%s%s%s", w->tree->name, v->path,
		 *v->path ? "/" : "", name);
	return path.data;
}

/**
 * scan_is_exposed() - whether a file can be changed by a name past its rule
 * @f: the file
 *
 * Return: true if it can.
 */
bool scan_is_exposed(const struct scan_file *f)
{
	return f->ino && (f->seen < f->links || f->mixed);
}

static bool matches(const struct fim_glob *glob, const struct visit *v,
		    const char *name)
{
	struct fim_glob_walk walk = fim_glob_begin(glob, FIM_GLOB_WHOLE);

	fim_glob_back(glob, &walk, name, strlen(name));
	if (*v->path) {
		fim_glob_back(glob, &walk, "/", 1);
		fim_glob_back(glob, &walk, v->path, strlen(v->path));
	}
	return fim_glob_accepts(glob, &walk);
}

/* The tree that is about an entry, or NULL. */
static const struct scan_tree *tree_of(const struct scan *s,
				       const struct visit *v, const char *name)
{
	const struct scan_tree *tree, *best = NULL;

	if (!v->near || !v->near->glob)
		return v->near;
	for (tree = s->trees; tree < s->trees + s->nr_trees; tree++)
		if (is_stricter(tree, best) && matches(tree->glob, v, name))
			best = tree;
	return best;
}

static void count_name(struct walk *w, const struct visit *v, const char *name,
		       const struct statx *st)
{
	const struct scan_tree *tree = tree_of(w->scan, v, name);
	struct scan_file *f;

	if (!tree)
		return;
	f = find_file(w->scan, device_of(st), st->stx_ino);
	if (!f->ino) {
		if (!w->scan->collect || !st->stx_ino)
			return;
		w->scan->nr_files++;
		*f = (struct scan_file){ .dev = device_of(st),
					 .ino = st->stx_ino, .tree = tree };
	}
	f->seen++;
	if (st->stx_nlink > f->links)
		f->links = st->stx_nlink;
	if (tree->action != f->tree->action)
		f->mixed = true;
	if (is_stricter(tree, f->tree)) {
		f->tree = tree;
		free(f->path);
		f->path = NULL;
	}
	/* Of most, all names are found: they keep no path. */
	if (!scan_is_exposed(f)) {
		free(f->path);
		f->path = NULL;
	} else if (!f->path) {
		f->path = make_path(w, v, name);
	}
}

static void push(struct walk *w, const char *dir, const char *name,
		 const struct scan_tree *deep)
{
	size_t dir_len = strlen(dir), len = dir_len + strlen(name) + 2;
	struct pending *p;

	if (strlen(w->tree->name) + len > FIM_PATH_MAX) {
		trouble(w, dir, ENAMETOOLONG);
		return;
	}
	p = mem_alloc(sizeof(*p) + len);
	p->below = w->todo;
	p->deep = deep;
	memcpy(p->path, dir, dir_len);
	if (dir_len)
		p->path[dir_len++] = '/';
	strcpy(p->path + dir_len, name);
	w->todo = p;
}

static void look_at(struct walk *w, const struct visit *v,
		    const struct dirent *entry)
{
	struct statx st = { 0 };
	bool known_directory = entry->d_type == DT_DIR;

	w->scan->looked_at++;
	if (entry->d_type == DT_LNK || (known_directory && !v->deep) ||
	    (!v->deep && !v->near))
		return;
	if (!known_directory) {
		/* What has gone meanwhile has no name here any more. */
		if (stat_entry(dirfd(v->dir), entry->d_name, &st))
			return;
		/* A file that is mounted over another is none of this tree's. */
		if (S_ISLNK(st.stx_mode) ||
		    (st.stx_attributes & STATX_ATTR_MOUNT_ROOT))
			return;
	}
	if (known_directory || S_ISDIR(st.stx_mode)) {
		if (v->deep)
			push(w, v->path, entry->d_name, v->deep);
		return;
	}
	if (v->near && st.stx_nlink > 1)
		count_name(w, v, entry->d_name, &st);
}

/* Who is about the directory, and what of it has been counted already. */
static void decide(const struct walk *w, const struct statx *st,
		   struct visit *v)
{
	struct scan_place *place = find_place(w->scan, st);

	v->near = v->deep;
	if (!place)
		return;
	v->near = place->near_done ? NULL : place->near;
	if (place->deep)
		v->deep = place->deep;
	place->near_done = true;
	if (place->deep_done)
		v->deep = NULL;
	else if (v->deep)
		place->deep_done = true;
}

static void tell(struct walk *w)
{
	struct scan *s = w->scan;
	struct timespec now;

	if (!s->progress)
		return;
	clock_gettime(CLOCK_MONOTONIC_COARSE, &now);
	if (!s->told.tv_sec)
		s->told = now;
	if ((now.tv_sec - s->told.tv_sec) * 1000 +
	    (now.tv_nsec - s->told.tv_nsec) / 1000000 < 1000)
		return;
	s->progress(w->tree->name, s->looked_at);
	s->told = now;
}

static void read_entries(struct walk *w, const struct visit *v)
{
	const struct dirent *entry;

	while ((errno = 0, entry = readdir(v->dir))) {
		if (strcmp(entry->d_name, ".") && strcmp(entry->d_name, ".."))
			look_at(w, v, entry);
		if (!(w->scan->looked_at & 1023))
			tell(w);
	}
	if (errno && errno != ENOENT)
		trouble(w, v->path, errno);
}

static void visit(struct walk *w, const struct pending *p)
{
	struct visit v = { .path = p->path, .deep = p->deep };
	struct statx st;
	int fd = open_below(w, p->path);

	if (fd < 0) {
		/* It has gone, is something else now, or is covered. */
		if (errno != ENOENT && errno != ENOTDIR && errno != ELOOP &&
		    errno != EXDEV)
			trouble(w, p->path, errno);
		return;
	}
	if (stat_entry(fd, "", &st)) {
		trouble(w, p->path, errno);
		close(fd);
		return;
	}
	decide(w, &st, &v);
	v.dir = v.near || v.deep ? fdopendir(fd) : NULL;
	if (!v.dir) {
		close(fd);
		return;
	}
	read_entries(w, &v);
	closedir(v.dir);
	tell(w);
}

static void walk_tree(struct scan *s, const struct scan_tree *tree)
{
	struct walk w = { .scan = s, .tree = tree };
	struct pending *p;

	/* If it could not be opened, that has been said. */
	if (!tree->place || (tree->place->near_done &&
			     (!tree->recursive || tree->place->deep_done)))
		return;
	w.root = open_directory(AT_FDCWD, tree->path, 0);
	if (w.root < 0)
		return;
	push(&w, "", "", NULL);
	while ((p = w.todo)) {
		w.todo = p->below;
		visit(&w, p);
		free(p);
	}
	close(w.root);
}

static bool any_exposed(const struct scan *s)
{
	size_t i;

	for (i = 0; i < s->cap_files; i++)
		if (scan_is_exposed(&s->files[i]))
			return true;
	return false;
}

/**
 * scan_run() - go through all trees
 * @s: the search; @files is set
 *
 * The trees that are not wanted are gone through only if the others leave open
 * where a name is.
 */
void scan_run(struct scan *s)
{
	size_t i;

	make_places(s);
	s->collect = true;
	for (i = 0; i < s->nr_trees; i++)
		if (s->trees[i].wanted)
			walk_tree(s, &s->trees[i]);
	s->collect = false;
	if (!any_exposed(s))
		return;
	for (i = 0; i < s->nr_trees; i++)
		if (!s->trees[i].wanted)
			walk_tree(s, &s->trees[i]);
}

/**
 * scan_free() - free what a search holds
 * @s: empty afterwards
 */
void scan_free(struct scan *s)
{
	size_t i;

	for (i = 0; i < s->cap_files; i++)
		free(s->files[i].path);
	free(s->files);
	free(s->places);
	free(s->trees);
	*s = (struct scan){ 0 };
}
