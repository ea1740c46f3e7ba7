#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
#
# harness.sh - shows that the harness finds what it is there to find: a failed
# test, a payload that ends badly, a splat, a panic and a hang. TAP.
#
#   harness.sh KERNEL
set -euo pipefail
. "$(dirname "$0")/lib.sh"

# expect KERNEL HOW RESULT
expect() {
	local got=failure timeout=60
	[ "$2" != hang ] || timeout=20

	if "$VM_DIR/run.sh" --timeout $timeout --append "fim.harness=$2" "$1" \
		harness >"$out" 2>&1; then
		got=success
	fi
	if [ "$got" = "$3" ]; then
		echo "ok - $2 is a $3"
	else
		cat "$out"
		echo "not ok - $2 is a $got"
	fi
}

out=$(mktemp)
trap 'rm -f "$out"' EXIT
expect "$1" none success
for how in fail status splat panic hang; do
	expect "$1" $how failure
done
