#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
#
# ko.sh - proves on a built fim.ko what its safety rests on:
#
#  - It calls no LSM function through a pointer: on a CPU with IBT, or in a
#    kernel with kCFI, that is a BUG, which no virtual machine shows. So there
#    is no indirect call or jump at all but in the functions allowed below.
#  - It links to no LSM function either: a hook decides, it calls none.
#  - None of its functions can be traced: a hook would call itself.
#  - It is small.
#
#   ko.sh FIM.KO...
#   ko.sh --self-test     shows that each of the checks can fail
set -euo pipefail

TEXT_MAX=98304

# Functions that may call through a pointer, and why: "name: reason".
# These are inline and call what the filesystem has put there for it: no LSM
# function, and meant to be called so.
ALLOWED_INDIRECT='
fim_decode_file: d_real(), up to Linux 6.4
fim_decode_upper: d_real()
inode_below: d_real()
fim_container_set_cgroup: cgroup_put(), which the last one calls to end it
follow_link: do_delayed_call(), which frees the text of a symbolic link
'

# LSM functions that may be named as undefined symbols, and why.
ALLOWED_SECURITY='
'

# indirect_calls FILE: "function instruction" of each, by register, by memory
# or by retpoline thunk.
indirect_calls() {
	objdump -dr --no-show-raw-insn "$1" | awk '
	/^[0-9a-f]+ <.*>:$/ { fn = substr($2, 2, length($2) - 3) }
	/(call|jmp)[a-z]* +\*/ || /__x86_indirect_thunk_/ || /__x86_indirect_call_thunk/ ||
	/__x86_indirect_jump_thunk/ {
		sub(/^[ \t]+/, "")
		print fn, $0
	}'
}

traceable() {
	local sections='__mcount_loc|__patchable_function_entries'

	# on x86 this section tells of padding in front of functions, not of calls
	! readelf -hW "$1" | grep -q X86-64 || sections=__mcount_loc
	readelf -SW "$1" | grep -oE "$sections" | sort -u
	readelf -rW "$1" | grep -oE '__fentry__|\<mcount\>' | sort -u
}

security_symbols() {
	nm -u "$1" | awk '$2 ~ /^security_/ { print $2 }'
}

text_size() {
	local sum=0 size

	for size in $(readelf -SW "$1" | sed 's/^ *\[ *[0-9]*\]//' |
		awk '$2 == "PROGBITS" && $7 ~ /X/ { print $5 }'); do
		sum=$((sum + 16#$size))
	done
	echo "$sum"
}

# not_allowed LIST: of "name ..." lines, those whose name is not in the list.
not_allowed() {
	local name rest

	while read -r name rest; do
		grep -q "^${name%%[.+]*}: ." <<<"$1" || echo "$name $rest"
	done
}

# one CLAIM FOUND: prints what speaks against it, if anything does.
one() {
	if [ -n "$2" ]; then
		printf 'not ok - %s\n' "$1"
		printf '#   %s\n' "${2//$'\n'/$'\n'#   }"
		return 1
	fi
	printf 'ok - %s\n' "$1"
}

check() {
	local ko=$1 failed=0 size big=

	size=$(text_size "$ko")
	[ "$size" -lt $TEXT_MAX ] || big="$size bytes"
	one 'nothing is called through a pointer' \
		"$(indirect_calls "$ko" | not_allowed "$ALLOWED_INDIRECT")" ||
		failed=1
	one 'no LSM function is called' \
		"$(security_symbols "$ko" | not_allowed "$ALLOWED_SECURITY")" ||
		failed=1
	one 'no function can be traced' "$(traceable "$ko")" || failed=1
	one "the text is $size bytes, below $TEXT_MAX" "$big" || failed=1
	return $failed
}

# expect RESULT NAME FLAGS <source: an object made of it passes or fails.
expect() {
	local want=$1 name=$2 got=pass flags
	shift 2
	flags=("$@")

	gcc -O2 -c "${flags[@]}" -o "$dir/$name.o" -
	check "$dir/$name.o" >"$dir/out" || got=fail
	if [ "$got" != "$want" ]; then
		cat "$dir/out"
		echo "not ok - an object with $name should $want"
		exit 1
	fi
	echo "ok - an object with $name: $want"
}

self_test() {
	local plain=(-x c -mcmodel=kernel -fno-pic -fcf-protection=none)

	dir=$(mktemp -d)
	trap 'rm -rf "$dir"' EXIT
	expect pass nothing-wrong "${plain[@]}" <<<'int f(int i) { return i; }'
	expect fail call "${plain[@]}" <<<'
		int f(int (*p)(void)) { return p() + 1; }'
	expect fail call-from-memory "${plain[@]}" <<<'
		int (*p)(void); int f(void) { return p() + 1; }'
	expect fail tail-call "${plain[@]}" <<<'
		int f(int (*p)(void)) { return p(); }'
	expect fail retpoline "${plain[@]}" \
		-mindirect-branch=thunk-extern <<<'
		int f(int (*p)(void)) { return p() + 1; }'
	expect fail lsm-function "${plain[@]}" <<<'
		int security_inode_create(void);
		int f(void) { return security_inode_create() + 1; }'
	expect fail tracing "${plain[@]}" -pg -mfentry <<<'
		int f(int i) { return i; }'
	expect fail too-much-text -x assembler <<<'.text; .fill 100000, 1, 0x90'
}

case ${1:-} in
--self-test) self_test ;;
'') echo "usage: ko.sh FIM.KO... | --self-test" >&2; exit 2 ;;
*)
	status=0
	for ko in "$@"; do
		check "$ko" || status=1
	done
	exit $status
	;;
esac
