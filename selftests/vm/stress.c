// SPDX-License-Identifier: GPL-2.0
/*
 * stress - processes that create, rename, link and remove files in a
 * directory and in a protected one below it, until they are told to end.
 * What is refused is as good as what is not: they only keep the hooks busy.
 *
 *	stress DIRECTORY PROTECTED PROCESSES
 *
 * On SIGTERM it prints how many operations passed and how many were refused.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

struct counts {
	unsigned long passed;	/* written by one process only, as below */
	unsigned long refused;
	unsigned long failed;	/* with another error: names vanish */
};

static volatile sig_atomic_t stop;

static void on_signal(int sig)
{
	(void)sig;
	stop = 1;
}

static void count(struct counts *counts, int result)
{
	if (result >= 0)
		counts->passed++;
	else if (errno == EACCES)
		counts->refused++;
	else
		counts->failed++;
}

/* One round of every kind of change, from DIR's side and from PROTECTED's. */
static void round_of_changes(struct counts *counts, const char *dir,
			     const char *protected, int id)
{
	char a[256], b[256], p[256], sub[256];
	int fd;

	snprintf(a, sizeof(a), "%s/a%d", dir, id);
	snprintf(b, sizeof(b), "%s/b%d", dir, id % 2);
	snprintf(p, sizeof(p), "%s/p%d", protected, id);
	snprintf(sub, sizeof(sub), "%s/d%d", protected, id);

	fd = open(a, O_CREAT | O_RDWR, 0600);
	count(counts, fd);
	if (fd >= 0) {
		count(counts, write(fd, a, sizeof(a)) < 0 ? -1 : 0);
		close(fd);
	}
	count(counts, rename(a, p));
	fd = open(p, O_CREAT | O_WRONLY | O_TRUNC, 0600);
	count(counts, fd);
	if (fd >= 0)
		close(fd);
	count(counts, chmod(p, 0640));
	count(counts, rename(p, b));
	count(counts, link(b, p));
	count(counts, symlink(a, sub));
	count(counts, unlink(sub));
	count(counts, mkdir(sub, 0700));
	count(counts, rmdir(sub));
	count(counts, unlink(p));
	count(counts, unlink(b));
	count(counts, unlink(a));
}

static void work(struct counts *counts, char **argv, int id)
{
	/*
	 * A pause: who detaches a hook waits until every task has slept once,
	 * which one that only calls the kernel may not do for seconds.
	 */
	while (!stop) {
		round_of_changes(counts, argv[1], argv[2], id);
		usleep(10000);
	}
	_exit(0);
}

int main(int argc, char **argv)
{
	struct sigaction action = { .sa_handler = on_signal };
	struct counts sum = { 0 }, *counts;
	int processes, i;

	processes = argc == 4 ? atoi(argv[3]) : 0;
	if (processes < 1 || processes > 1024) {
		fprintf(stderr, "usage: stress DIRECTORY PROTECTED PROCESSES\n");
		return 2;
	}
	counts = mmap(NULL, processes * sizeof(*counts), PROT_READ | PROT_WRITE,
		      MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (counts == MAP_FAILED) {
		perror("mmap");
		return 1;
	}
	/* a process group of our own, to end it alone */
	setpgid(0, 0);
	sigaction(SIGTERM, &action, NULL);
	for (i = 0; i < processes; i++)
		if (!fork())
			work(&counts[i], argv, i);
	while (!stop)
		pause();
	kill(0, SIGTERM);
	while (wait(NULL) > 0 || errno == EINTR)
		;
	for (i = 0; i < processes; i++) {
		sum.passed += counts[i].passed;
		sum.refused += counts[i].refused;
		sum.failed += counts[i].failed;
	}
	printf("%lu passed, %lu refused, %lu failed otherwise\n", sum.passed,
	       sum.refused, sum.failed);
	return 0;
}
