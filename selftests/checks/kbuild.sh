#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
#
# kbuild.sh - Kbuild refuses a kernel that the module cannot serve, with the
# reason, and no other; dkms.conf is of the same version as the rest.
set -euo pipefail
cd "$(dirname "$0")/../.."

number=0

result() {
	number=$((number + 1))
	echo "$1 $number $2"
}

# kbuild SETTING...: what make says to a kernel that has these.
kbuild() {
	local setting flags=()
	for setting in "$@"; do
		flags+=("CONFIG_$setting=y")
	done
	printf 'include Kbuild\nall: ;@echo builds $(obj-m)\n.DEFAULT_GOAL := all\n' |
		make -sf - src=. obj=. "${flags[@]}" all 2>&1 || :
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

version=$(cat VERSION)
if grep -qx "PACKAGE_VERSION=\"$version\"" dkms.conf; then
	result ok "dkms.conf is of version $version"
else
	result 'not ok' "dkms.conf is of version $version"
fi
echo "1..$number"
