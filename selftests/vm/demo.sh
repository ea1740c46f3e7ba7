#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
#
# demo.sh - boots a virtual machine, protects its system directories and shows
# attacks refused, each with its alert ("make demo"). Fails if one was not.
#
#   demo.sh [KERNEL]
set -euo pipefail
. "$(dirname "$0")/lib.sh"

kernel=${1:-6.1}
color=()
if [ -t 1 ] && [ -z "${NO_COLOR:-}" ]; then
	color=(--append fim.color)
fi

"$VM_DIR/deps.sh"
say 'building fimctl'
quietly "$FIM_BUILD/log/tool.log" make -C "$FIM_ROOT/ctl"
"$VM_DIR/build.sh" "$kernel"
say 'booting'
"$VM_DIR/run.sh" "${color[@]}" "$kernel" demo
