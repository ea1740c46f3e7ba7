#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
#
# harness.sh - shows that the harness finds what it is there to find: a failed
# test, a payload that ends badly, a splat, a panic, a hang, and a run without a
# machine. TAP.
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

# counted WHAT OPTION...: it counts as one failure that the machine is not even
# started.
counted() {
	local what=$1
	shift

	: >"$counts"
	"$VM_DIR/run.sh" -c "$counts" "$@" harness >"$out" 2>&1 || :
	if [ "$(cat "$counts")" = '0 1 0' ]; then
		echo "ok - $what is a failure"
	else
		cat "$out"
		echo "not ok - $what counts as \"$(cat "$counts")\""
	fi
}

out=$(mktemp) counts=$(mktemp)
trap 'rm -f "$out" "$counts"' EXIT
expect "$1" none success
for how in fail status splat panic hang; do
	expect "$1" $how failure
done
TMPDIR=/nonexistent counted 'no room for the disks' "$1"
counted 'no such kernel' no-such-kernel
counted 'a machine that cannot start' --smp 0 "$1"
