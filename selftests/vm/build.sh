#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
#
# build.sh - builds the module for kernels of the table, each in a copy of the
# sources of its own: build/<kernel>/module, and the result build/<kernel>/fim.ko.
#
#   build.sh [--strict] [KERNEL]...
#
# --strict builds everything anew with W=1 and sparse, and fails on a warning
# about a file of ours.
set -euo pipefail
. "$(dirname "$0")/lib.sh"
. "$VM_DIR/apt.sh"
. "$VM_DIR/arch.sh"
. "$VM_DIR/kernel.sh"
. "$VM_DIR/tree.sh"

strict='' defaults=()
[ "${1:-}" != --strict ] || { strict=1; shift; }

# The module's sources, without what building in the source tree has left.
sources() {
	cd "$FIM_ROOT"
	find Kbuild VERSION kmod uapi -type f ! -name '.*' ! -name '*.o' \
		! -name '*.mod.c' ! -name probed.h
}

# copy_sources DIR: what is newer is copied, what is gone is removed, so that
# make sees what changed.
copy_sources() {
	local dir=$1

	[ -z "$strict" ] || rm -rf "$dir"
	mkdir -p "$dir"
	(sources | sort) >"$dir/.sources.new"
	(cd "$FIM_ROOT" && xargs -d '\n' cp -pu --parents -t "$dir") \
		<"$dir/.sources.new"
	[ ! -e "$dir/.sources" ] ||
		comm -23 "$dir/.sources" "$dir/.sources.new" |
		(cd "$dir" && xargs -rd '\n' rm -f)
	mv "$dir/.sources.new" "$dir/.sources"
}

# our_warnings LOG: what compiler, sparse and modpost say about files of ours.
# Not about us: the kernel's headers under W=1; that pahole or the compiler are
# a build newer than the kernel's; and that the sparse of Debian cannot evaluate
# __builtin_strlen(), which newer kernels have in every MODULE_*() and
# module_param() line.
our_warnings() {
	grep -E 'warning:|error:|WARNING|ERROR' "$1" |
		grep -vE '^/usr/|pahole version|compiler differs' |
		while IFS= read -r line; do
			module_info_line "$line" || printf '%s\n' "$line"
		done
}

module_info_line() {
	local file number

	[[ $1 == *'error: bad constant expression' ]] || return 1
	IFS=: read -r file number _ <<<"$1"
	sed -n "${number}p" "$FIM_BUILD/$K_LABEL/module/${file#/fim/}" |
		grep -qE '^(MODULE_|module_param)'
}

build() {
	kernel_resolve "$(kernel_find "$1")"
	tree_use "$K_SUITES" "$K_ARCH"
	tree_headers
	mkdir -p "$FIM_BUILD/$K_LABEL"
	# one at a time in one directory
	(flock 9; build_locked "$FIM_BUILD/$K_LABEL") 9>"$FIM_BUILD/$K_LABEL/lock"
}

build_locked() {
	local dir=$1 log=$FIM_BUILD/log/module-$K_LABEL.log
	local flags=()

	[ "$K_ARCH" = "$HOST_ARCH" ] || flags=(
		ARCH="$(arch_kbuild "$K_ARCH")"
		CROSS_COMPILE="$(arch_triplet "$K_ARCH")-")
	copy_sources "$dir/module"
	# CF: newer headers use an operator that Debian's sparse does not know
	[ -z "$strict" ] || flags+=(W=1 C=2
		CF=-D__typeof_unqual__=__typeof__)
	say "building fim.ko for $K_RELEASE"
	quietly "$log" tree_run "$dir/module" make -s \
		-j"$(nproc)" -C "/usr/src/linux-headers-$K_RELEASE" M=/fim \
		"${flags[@]}" modules
	if [ -n "$strict" ] && our_warnings "$log" | grep . >&2; then
		die "warnings, see $log"
	fi
	cp "$dir/module/fim.ko" "$dir/fim.ko.new"
	mv "$dir/fim.ko.new" "$dir/fim.ko"
	build_rival "$dir/rival" "${flags[@]}"
}

# The module that gets in the way, for payload/rival.sh.
build_rival() {
	local dir=$1
	shift

	mkdir -p "$dir"
	cp -u "$VM_DIR"/rival/* "$dir"
	quietly "$FIM_BUILD/log/rival-$K_LABEL.log" tree_run "$dir" make -s \
		-C "/usr/src/linux-headers-$K_RELEASE" M=/fim "$@" modules
}

[ $# -gt 0 ] || mapfile -t defaults < <(kernel_names)
for kernel in "$@" "${defaults[@]}"; do
	build "$kernel"
done
