/* SPDX-License-Identifier: GPL-2.0 */
/*
 * press.h - what is to be refused is tried while allocations fail at random, on
 * a kernel with fault injection ("make check-debug")
 */
#ifndef _FIM_TEST_PRESS_H
#define _FIM_TEST_PRESS_H

#include <sys/types.h>

const char *press_missing(void);
void press_begin(void);
void press_end(void);
int press_task(const char *pid, const char *fails);
int press_self(void);
int press_wait(pid_t child);

#define PRESS_TIMES 3

/*
 * A call that has just been refused is refused again, or fails for want of
 * memory: it never comes to @passed, as where it is let through. Refusals are
 * accounted for, with a record or as a lost one.
 *
 * Of a call that is refused by the kernel itself then, nothing can be told. It is
 * made by children, so that what it leaves behind does not matter; and on
 * a kernel without fault injection not at all.
 */
#define EXPECT_PRESSED(nl, passed, call) do { \
	struct fim_status _st; \
	pid_t _child; \
	int _i; \
	for (_i = (passed) == EACCES ? PRESS_TIMES : 0; \
	     _i < PRESS_TIMES && !press_missing(); _i++) { \
		press_begin(); \
		_child = fork(); \
		if (!_child) \
			_exit(press_self() ?: (call)); \
		EXPECT_NE((passed) & 0xff, press_wait(_child)) \
			TH_LOG("while allocations fail: %s", #call); \
	} \
	EXPECT_EQ(0, fim_settle(nl, &_st)); \
	EXPECT_TRUE(adds_up(&_st)); \
} while (0)

#endif /* _FIM_TEST_PRESS_H */
