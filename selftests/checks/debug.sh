#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
#
# debug.sh - the tests on a kernel that finds faults in the module ("make
# check-debug"): KASAN, lockdep, RCU, sleeping in atomic context, kmemleak, and
# allocations that fail one after the other.
#
#   debug.sh [KERNEL]
#
# It runs the programs, and the payloads that hold the catalogue of attacks, but
# for the Debian that boots. The kernel is a row of selftests/vm/kernels, which is
# built once (own.sh); in the machine everything takes ten times as long as else.
# The last line is the sum: "N passed, N failed, N skipped".
set -euo pipefail
cd "$(dirname "$0")/../.."
. selftests/vm/lib.sh
. selftests/vm/apt.sh
. selftests/vm/kernel.sh

kernel=${1:-debug}
counts=$(mktemp)
trap 'rm -f "$counts"' EXIT

# vm PAYLOAD SECONDS [TEXT]: a run, which counts itself unless it is killed.
vm() {
	selftests/vm/run.sh -c "$counts" --mem 3072 --timeout "$2" \
		--append "${3:-}" "$kernel" "$1" || [ $? -eq 1 ] ||
		echo 0 1 0 >>"$counts"
}

selftests/vm/deps.sh
mkdir -p "$FIM_BUILD/selftests"
selftests/vm/build.sh "$kernel"
quietly "$FIM_BUILD/log/tool.log" make -s -C ctl CFLAGS='-O2 -g -Werror'
quietly "$FIM_BUILD/log/tests.log" make -s -C selftests \
	O="$FIM_BUILD/selftests" CFLAGS='-O2 -g -Werror' \
	KSELFTEST_INC="$(kernel_source)/tools/testing/selftests"
selftests/vm/vmtools.sh

vm debug 3600
vm life 3000 fim.cycles=20
vm backend 1800
for payload in umount rival tool language; do
	vm "$payload" 2400
done
vm selftests 9000 fim.timeout=1800
awk '{ p += $1; f += $2; s += $3 }
	END { printf "%d passed, %d failed, %d skipped\n", p, f, s
		exit f > 0 || !p }' "$counts"
