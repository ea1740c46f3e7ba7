/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The self-test: proves that each hook fires.
 */
#ifndef FIM_SELFTEST_H
#define FIM_SELFTEST_H

struct fim_policy;
struct super_block;

/* Marks of every ruleset that are the self-test's: a directory and a file */
#define FIM_SELFTEST_MARKS	2

struct fim_policy *fim_selftest_policy(void);
bool fim_selftest_is_caller(void);
const struct super_block *fim_selftest_sb(void);
bool fim_selftest_owns(const struct super_block *sb);
bool fim_selftest_ends(const struct super_block *sb);
int fim_selftest(void);
unsigned int fim_selftest_proven(void);
int fim_selftest_init(void);
int fim_selftest_start(void);
void fim_selftest_stop(void);
void fim_selftest_exit(void);

#endif /* FIM_SELFTEST_H */
