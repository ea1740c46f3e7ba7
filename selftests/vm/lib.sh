# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# lib.sh - what the scripts of the VM harness share: messages, the cache, locks
# and the table of kernels. Sourced, not run.

VM_DIR=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
FIM_ROOT=$(cd "$VM_DIR/../.." && pwd)
FIM_BUILD=${FIM_BUILD:-$FIM_ROOT/build}
FIM_CACHE=${FIM_CACHE:-${XDG_CACHE_HOME:-${HOME:-/root}/.cache}/fim}

# Kernels whose packages and headers we can use on this machine.
HOST_ARCH=$(dpkg --print-architecture)

if [ -t 2 ] && [ -z "${NO_COLOR:-}" ]; then
	C_BOLD=$'\e[1m' C_RED=$'\e[31m' C_GREEN=$'\e[32m' C_OFF=$'\e[0m'
else
	C_BOLD='' C_RED='' C_GREEN='' C_OFF=''
fi

# Progress goes to stderr: stdout is what a script hands to its caller.
say() {
	printf '%s%s%s\n' "$C_BOLD" "$*" "$C_OFF" >&2
}

warn() {
	printf '%swarning: %s%s\n' "$C_RED" "$*" "$C_OFF" >&2
}

die() {
	printf '%serror: %s%s\n' "$C_RED" "$*" "$C_OFF" >&2
	exit 1
}

need_root() {
	[ "$(id -u)" = 0 ] || die "run as root: $1"
}

# Nothing ends without a word.
set -E
trap 'warn "${BASH_SOURCE[0]##*/}:$LINENO: \"$BASH_COMMAND\" failed"' ERR

# quietly LOG COMMAND...: runs it with its output in LOG, shown if it fails.
quietly() {
	local log=$1
	shift
	mkdir -p "$(dirname "$log")"
	"$@" >"$log" 2>&1 && return
	tail -n 40 "$log" >&2
	die "failed: $* (all of it: $log)"
}

# locked NAME COMMAND...: one run at a time fetches or builds a thing in the
# cache; the others wait and find it done.
locked() {
	local name=$1
	shift
	mkdir -p "$FIM_CACHE"
	(
		flock -n 9 || { say "waiting for another run: $name"; flock 9; }
		"$@"
	) 9>"$FIM_CACHE/$name.lock"
}

# The kernels of the table: "all", or those that "make check" runs.
kernel_names() {
	local all=${1:-}
	awk -v all="$all" '/^#/ || !NF { next }
		$1 == "+" { print $2; next }
		all { print $1 }' "$VM_DIR/kernels"
}

# kernel_row NAME: "arch suites pattern", or nothing.
kernel_row() {
	awk -v name="$1" '/^#/ { next } { sub(/^\+/, " ") }
		$1 == name { print $2, $3, $4 }' "$VM_DIR/kernels"
}
