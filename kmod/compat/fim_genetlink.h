/* SPDX-License-Identifier: GPL-2.0 */
/* What pre_doit() is told about the operation. */
#ifndef FIM_COMPAT_GENETLINK_H
#define FIM_COMPAT_GENETLINK_H

#include <net/genetlink.h>

#include "probed.h"

#ifdef FIM_HAVE_GENL_SPLIT_OPS
typedef struct genl_split_ops fim_genl_ops_t;
#else
typedef struct genl_ops fim_genl_ops_t;
#endif

#endif /* FIM_COMPAT_GENETLINK_H */
