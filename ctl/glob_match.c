// SPDX-License-Identifier: GPL-2.0
/*
 * glob_match.c - what a pattern matches, by the kernel's own code
 */
#include "../kmod/glob.c"
