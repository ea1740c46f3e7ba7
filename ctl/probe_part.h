/* SPDX-License-Identifier: GPL-2.0 */
/*
 * probe_part.h - what the parts of probe share
 */
#ifndef FIMCTL_PROBE_PART_H
#define FIMCTL_PROBE_PART_H

#include <stdbool.h>
#include <stdio.h>

#include "probe.h"

/** PROBE_RELEASE() - a version, for comparing */
#define PROBE_RELEASE(major, minor) ((major) * 1000U + (minor))

/** @PROBE_OPTIONS_MAX: room for options, @PROBE_FUNCTIONS_MAX: for functions */
#define PROBE_OPTIONS_MAX 8
#define PROBE_FUNCTIONS_MAX 64

/**
 * struct probe_settings - what of the configuration matters
 * @set: of each of probe.c's options, whether it is set
 * @args: a hook can change where a function goes on
 * @lto: it was built with Clang's link time optimization
 * @random: it lays structures out at random
 * @machine: it is for an architecture that the module is for
 * @functions: of each of the functions, whether its option is set
 * @any: there are options at all
 */
struct probe_settings {
	bool set[PROBE_OPTIONS_MAX];
	bool args;
	bool lto;
	bool random;
	bool machine;
	bool functions[PROBE_FUNCTIONS_MAX];
	bool any;
};

void probe_add(struct probe *p, const char *what, enum probe_state state,
	       const char *text);
FILE *probe_open(const char *root, const char *path);
unsigned int probe_version_of(const char *release);
void probe_take_option(struct probe_settings *s, const char *name);
void probe_functions(struct probe *p, const char *root,
		     const struct probe_settings *s);
void probe_ftrace(struct probe *p, const char *root,
		  const struct probe_settings *s);

#endif /* FIMCTL_PROBE_PART_H */
