/* SPDX-License-Identifier: GPL-2.0 */
/*
 * attr.h - netlink attributes as values
 */
#ifndef FIMCTL_ATTR_H
#define FIMCTL_ATTR_H

#include <stddef.h>
#include <stdint.h>

#include <netlink/attr.h>

uint64_t attr_number(const struct nlattr *nla);
char *attr_string(const struct nlattr *nla);
size_t attr_length(const struct nlattr *nla);

#endif /* FIMCTL_ATTR_H */
