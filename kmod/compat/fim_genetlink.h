/* SPDX-License-Identifier: GPL-2.0 */
/* What pre_doit() is told about the operation, and who may join a group. */
#ifndef FIM_COMPAT_GENETLINK_H
#define FIM_COMPAT_GENETLINK_H

#include <net/genetlink.h>

#include "probed.h"

#ifdef FIM_HAVE_GENL_SPLIT_OPS
typedef struct genl_split_ops fim_genl_ops_t;
#else
typedef struct genl_ops fim_genl_ops_t;
#endif

#if defined(FIM_HAVE_GENL_MCAST_FLAGS)
#define FIM_GENL_MCAST_SYS_ADMIN	.flags = GENL_MCAST_CAP_SYS_ADMIN
#elif defined(FIM_HAVE_GENL_MCAST_BITS)
#define FIM_GENL_MCAST_SYS_ADMIN	.cap_sys_admin = 1
#else
#error "this kernel lets everybody join a multicast group: a stable update of it is needed"
#endif

#endif /* FIM_COMPAT_GENETLINK_H */
