/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Attaching the hooks, by one of two backends.
 */
#ifndef FIM_ATTACH_H
#define FIM_ATTACH_H

#include <linux/types.h>

#include "fim_ftrace.h"
#include "hook.h"

/* Until memory is asked for again by what has to be undone */
#define FIM_ATTACH_RETRY_MS	10

int fim_attach(void);
int fim_attach_on_demand(enum fim_demand demand, bool wanted);
void fim_detach(void);

const char *fim_attach_backend(void);
const char *fim_attach_weaker(void);
u64 fim_attach_missed(void);

#ifdef FIM_HAVE_FTRACE
void fim_ftrace_release(void);
int fim_ftrace_attach(enum fim_demand demand);
void fim_ftrace_detach(enum fim_demand demand);
#else
/* choose_backend() lets nobody get here. */
static inline void fim_ftrace_release(void)
{
}

static inline int fim_ftrace_attach(enum fim_demand demand)
{
	return -EOPNOTSUPP;
}

static inline void fim_ftrace_detach(enum fim_demand demand)
{
}
#endif

int fim_kprobe_prepare(void);
void fim_kprobe_release(void);
int fim_kprobe_attach(enum fim_demand demand);
void fim_kprobe_detach(enum fim_demand demand);
u64 fim_kprobe_missed(void);

#endif /* FIM_ATTACH_H */
