#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
#
# source.sh - what packagers and image builders do with the sources: "make install"
# into a directory of theirs, a static tool, and both for another architecture.
#
#   source.sh [SUITE]...
set -euo pipefail
cd "$(dirname "$0")/../.."
. selftests/vm/lib.sh
. selftests/vm/apt.sh
. selftests/vm/arch.sh
. selftests/vm/kernel.sh
. selftests/vm/tree.sh
. selftests/package/root.sh

work=$(mktemp -d "${TMPDIR:-/tmp}/fim-source.XXXXXX")
cleanup() {
	root_end
	rm -rf "$work"
}
trap cleanup EXIT
triplet=aarch64-linux-gnu

# copy_tree DIR: the sources, as they are in a clone.
copy_tree() {
	mkdir -p "$1"
	git ls-files -co --exclude-standard | while read -r file; do
		[ ! -f "$file" ] || printf '%s\n' "$file"
	done | xargs -d '\n' cp --parents -t "$1"
}

# install DIR ARGUMENT...: in the tree, into DIR of it.
install_into() {
	local dir=$1
	shift

	in_root make -s -C /src install DESTDIR="$dir" \
		KDIR="/usr/src/linux-headers-$RELEASE" "$@"
}

# installed PREFIX DIR: the files that ought to be there are, and no other.
installed() {
	local file

	# where modules go without a name for the directory changed in 6.2; Debian's
	# newer kernels have them compressed
	diff <(cd "$ROOT$2" && find . ! -type d ! -name 'modules.*' |
		sed 's,/extra/,/updates/,; s/\.ko\.xz$/.ko/' | sort) <(
		{
			while read -r file; do
				printf '.%s/%s\n' "$1" "$file"
			done < <(grep -v '^#' selftests/package/installed)
			for file in policies/*.yaml; do
				printf '.%s/share/fim/%s\n' "$1" "$file"
			done
			echo "./lib/modules/$RELEASE/updates/fim.ko"
		} | sort)
}

# names PATH DIR: units and hook name the tool by this path, and no other.
names() {
	local found

	found=$(grep -rhoE '/[a-z/]*/fimctl' "$ROOT$2" --include='*.service' \
		--include='fim.json' | sort -u)
	[ "$found" = "$1" ] || { echo "$found"; false; }
}

# install_early DIR ARGUMENT...: what applies policies before init, beside what was
# installed there.
install_early() {
	local dir=$1
	shift

	in_root make -s -C /src install-initramfs-tools DESTDIR="$dir" "$@"
}

# early_names PATH DIR: initramfs-tools' scripts can run, and the second hands over
# to this path and no other; a program is there.
early_names() {
	local share=$ROOT$2/usr/share/initramfs-tools found file

	found=$(grep -ohE '/[a-z/]*/fim/init' "$share/scripts/init-bottom/fim" | sort -u)
	[ "$found" = "$1" ] || { echo "it names $found"; return 1; }
	for file in "$share/hooks/fim" "$share/scripts/init-bottom/fim" "$ROOT$2$1"; do
		[ -x "$file" ] || { echo "cannot run $file"; return 1; }
	done
}

# Debian has no libcjson.a: that is said, with the way out.
static_says_what_is_missing() {
	! in_root make -s -C /src/ctl STATIC=1 >"$work/out" 2>&1 &&
		grep 'CJSON_LIBS=.*packaging/libcjson.sh' "$work/out"
}

build_static() {
	cp "$(packaging/libcjson.sh "$SUITE")" "$ROOT/src/" &&
		in_root make -s -C /src tool STATIC=1 CJSON_LIBS=/src/libcjson.a
}

# needs_no_library FILE
needs_no_library() {
	! readelf -lW "$1" | grep 'INTERP' && readelf -hW "$1" | grep 'Type: *EXEC'
}

has_interpreter() {
	readelf -lW "$1" | grep 'INTERP'
}

nothing_to_do() {
	! in_root make -C /src/ctl fimctl | grep -e ' -o '
}

# The compiler of this machine, libraries of the other.
with_arm64() (
	export CC="$triplet-gcc --sysroot=$A_ROOT" CROSS_COMPILE=$triplet-
	export PKG_CONFIG_SYSROOT_DIR=$A_ROOT
	export PKG_CONFIG_LIBDIR=$A_ROOT/usr/lib/$triplet/pkgconfig
	"$@"
)

build_tool_for_arm64() {
	with_arm64 make -s -C "$work/src" tool "$@"
}

build_static_for_arm64() {
	local lib

	lib=$(CC="$triplet-gcc --sysroot=$A_ROOT" CROSS_COMPILE=$triplet- \
		packaging/libcjson.sh bookworm) &&
		build_tool_for_arm64 STATIC=1 CJSON_LIBS="$lib"
}

# kernel_make ARGUMENT...: with the kernel's headers. Debian's name each other by
# paths from the root, so what this machine does not have comes from the tree.
kernel_make() {
	kernel_resolve 6.1-arm64 && tree_use "$K_SUITES" arm64 && tree_headers || return
	# shellcheck disable=SC2016 # expanded by the inner shell
	with_arm64 unshare --mount sh -euc '
		mount -t overlay -o "lowerdir=/usr:$1/usr" fim-usr /usr
		shift
		exec make -s -C "$@"' sh "$T_DIR" "$work/src" ARCH=arm64 \
		CROSS_COMPILE=$triplet- KDIR="/usr/src/linux-headers-$K_RELEASE" "$@"
}

build_module_for_arm64() {
	kernel_make module
}

install_for_arm64() {
	kernel_make install DESTDIR="$work/image" PREFIX=/usr
}

is_for_arm64() {
	local file

	for file in "$@"; do
		readelf -h "$file" | grep 'Machine: *AArch64' || return
	done
}

image_is_for_arm64() {
	local files=()

	mapfile -t files < <(find "$work/image" -name fimctl -path '*/sbin/*' -o \
		-name 'fim.ko*')
	[ ${#files[@]} -eq 2 ] && is_for_arm64 "${files[@]}"
}

for suite in "${@:-bookworm}"; do
	root_use "$suite"
	copy_tree "$ROOT/src"
	result "$suite: make install, into a directory" install_into /image PREFIX=/usr
	result "$suite: all of it is there, and nothing else" installed /usr /image
	result "$suite: units and hook name the tool" names /usr/sbin/fimctl /image
	result "$suite: under another prefix" install_into /local
	result "$suite: all of it is there" installed /usr/local /local
	result "$suite: units and hook name that tool" names /usr/local/sbin/fimctl /local
	result "$suite: make install-initramfs-tools" install_early /image PREFIX=/usr
	result "$suite: it hands over to what is there" early_names /usr/lib/fim/init /image
	result "$suite: under another prefix" install_early /local
	result "$suite: it hands over to that" early_names /usr/local/lib/fim/init /local
	result "$suite: make clean" in_root make -s -C /src clean KDIR=
	result "$suite: STATIC=1 says what Debian lacks" static_says_what_is_missing
	result "$suite: STATIC=1 with a cJSON of Debian's source" build_static
	result "$suite: it needs no library" needs_no_library "$ROOT/src/ctl/fimctl"
	result "$suite: it runs" "$ROOT/src/ctl/fimctl" check -f policies/web-roots.yaml
	result "$suite: without STATIC=1, nothing cleaned" in_root make -s -C /src tool
	result "$suite: it is made anew" has_interpreter "$ROOT/src/ctl/fimctl"
	result "$suite: and a third time there is nothing to do" nothing_to_do
	root_end
done
selftests/vm/deps.sh --cross
arch_use arm64
copy_tree "$work/src"
result "the tool for arm64" build_tool_for_arm64
result "it is for arm64" is_for_arm64 "$work/src/ctl/fimctl"
result "static" build_static_for_arm64
result "it needs no library" needs_no_library "$work/src/ctl/fimctl"
result "the module for arm64" build_module_for_arm64
result "it is for arm64" is_for_arm64 "$work/src/fim.ko"
result "make install of both" install_for_arm64
result "they are for arm64" image_is_for_arm64
finish
