#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
#
# vmtools.sh - builds what runs in the virtual machine beside the test programs:
# static, so that it runs whatever the machine protects.
set -euo pipefail
. "$(dirname "$0")/lib.sh"

mkdir -p "$FIM_BUILD/vm"
for source in "$VM_DIR/stress.c" "$FIM_ROOT/selftests/bench/bench.c"; do
	program=$FIM_BUILD/vm/$(basename "$source" .c)
	[ "$source" -nt "$program" ] || continue
	"${CC:-gcc}" -O2 -static -Wall -Wextra -Werror -o "$program.$$" "$source"
	mv "$program.$$" "$program"
done
