#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
#
# kbuild.sh - Kbuild refuses a kernel that the module cannot serve, with the
# reason, and no other; what is asked of its headers is answered or the build fails;
# dkms.conf is of the same version as the rest.
set -euo pipefail
cd "$(dirname "$0")/../.."

work=$(mktemp -d "${TMPDIR:-/tmp}/fim-kbuild.XXXXXX")
trap 'rm -rf "$work"' EXIT
number=0 release=5.10

result() {
	number=$((number + 1))
	echo "$1 $number $2"
}

# kbuild SETTING...: what make says to a kernel that has these, of that release.
kbuild() {
	local setting flags=()
	for setting in "$@"; do
		flags+=("CONFIG_$setting=y")
	done
	printf 'include Kbuild\nall: ;@echo builds $(obj-m)\n.DEFAULT_GOAL := all\n' |
		make -sf - src=. obj=. VERSION="${release%.*}" \
		PATCHLEVEL="${release#*.}" "${flags[@]}" all 2>&1 || :
}

# expect WHAT TEXT SETTING...
expect() {
	local what=$1 text=$2 out
	shift 2
	out=$(kbuild "$@")
	if [[ $out == *"$text"* ]]; then
		result ok "$what"
	else
		printf '# %s\n' "$out"
		result 'not ok' "$what"
	fi
}

good=(MODULES X86_64 SECURITY KPROBES DYNAMIC_FTRACE DYNAMIC_FTRACE_WITH_ARGS NET TMPFS)
expect 'a kernel that has all is built for' 'builds fim.o' "${good[@]}"
expect 'one with WITH_REGS only, too' 'builds fim.o' \
	"${good[@]/%_WITH_ARGS/_WITH_REGS}"
expect 'one without ftrace, too' 'builds fim.o' \
	MODULES X86_64 SECURITY KPROBES NET TMPFS
expect 'another architecture is refused' 'x86-64 and arm64' \
	MODULES PPC64 SECURITY KPROBES NET TMPFS
expect 'cleaning knows no settings' 'builds fim.o'
for name in SECURITY KPROBES NET TMPFS; do
	some=()
	for setting in "${good[@]}"; do
		[ "$setting" = "$name" ] || some+=("$setting")
	done
	expect "one without $name is refused" "$name" "${some[@]}"
done
expect 'one with LTO is refused' LTO "${good[@]}" LTO_CLANG
for name in RANDSTRUCT GCC_PLUGIN_RANDSTRUCT; do
	expect "one with $name is refused" RANDSTRUCT "${good[@]}" $name
done
for release in 4.18 5.4 5.9; do
	expect "Linux $release is refused" 'is for 5.10 and later' "${good[@]}"
done
for release in 5.10 5.15 6.1 10.0; do
	expect "Linux $release is built for" 'builds fim.o' "${good[@]}"
done

# probe COMMANDS: what is answered with a compiler that reads an empty statement,
# and does this with all others.
probe() {
	printf '#!/bin/sh\ncase "$*" in *NOTHING*) exit ;; esac\n%s\n' "$1" >"$work/cc"
	chmod 755 "$work/cc"
	sh kmod/compat/probe.sh "$work/cc" 2>&1 || echo "it fails: $?"
}

# expect_probe WHAT TEXT COMMANDS
expect_probe() {
	if grep -q "$2" <<<"$(probe "$3")"; then
		result ok "$1"
	else
		result 'not ok' "$1"
	fi
}

expect_probe 'what compiles is there' '^#define FIM_HAVE_SB_DELETE 1$' :
expect_probe 'what is wrong at some place is not' 'FIM_HAVE_SB_DELETE is not set' \
	'echo "probe.c:3:7: error: undeclared" >&2; exit 1'
expect_probe 'a compiler that is killed has not answered' 'it fails: 1' \
	'echo "gcc: fatal error: Killed signal terminated program cc1" >&2; exit 1'
expect_probe 'nor has one that finds no room' 'it fails: 1' \
	'echo "{standard input}: Fatal error: No space left on device" >&2; exit 1'

version=$(cat VERSION)
if grep -qx "PACKAGE_VERSION=\"$version\"" dkms.conf; then
	result ok "dkms.conf is of version $version"
else
	result 'not ok' "dkms.conf is of version $version"
fi
echo "1..$number"
