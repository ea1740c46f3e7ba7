#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
#
# vmtools.sh - builds what runs in the virtual machine beside the test programs:
# static, so that it runs whatever the machine protects.
set -euo pipefail
. "$(dirname "$0")/lib.sh"

read -ra cc <<<"${CC:-gcc}"
mkdir -p "$FIM_BUILD/vm"
sources=("$VM_DIR"/{stress,loadfail}.c)
# they read the time stamp counter
case $("${cc[@]}" -dumpmachine) in
x86_64*) sources+=("$FIM_ROOT"/selftests/bench/{bench,records,peers}.c) ;;
esac
for source in "${sources[@]}"; do
	program=$FIM_BUILD/vm/$(basename "$source" .c)
	[ "$source" -nt "$program" ] || [ "$FIM_ROOT"/selftests/fault.h -nt "$program" ] || continue
	"${cc[@]}" -O2 -static -Wall -Wextra -Werror -o "$program.$$" "$source"
	mv "$program.$$" "$program"
done
