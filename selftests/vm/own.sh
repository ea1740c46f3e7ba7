#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
#
# own.sh - builds a kernel of our own from Debian's source package: what
# kernel.sh would fetch, and what modules for it are built against. Both are in
# the cache, by the version and the settings.
#
#   own.sh KERNEL
#
# It takes a quarter of an hour, once.
set -euo pipefail
. "$(dirname "$0")/lib.sh"
. "$VM_DIR/apt.sh"
. "$VM_DIR/arch.sh"
. "$VM_DIR/kernel.sh"
. "$VM_DIR/tree.sh"

# The source is one for all of them, in the tree.
own_source() {
	local tmp=$FIM_CACHE/source.$$

	[ ! -d "$T_DIR/usr/src/$K_SOURCE" ] || return 0
	say "downloading the source of Linux (140 MB, once)"
	apt_fetch "$tmp" "${K_SOURCE%_*}"
	mkdir -p "$T_DIR/usr/src/$K_SOURCE.part"
	dpkg-deb --fsys-tarfile "$tmp"/*.deb |
		tar -xO --wildcards './usr/src/*.tar.xz' |
		tar -xJ -C "$T_DIR/usr/src/$K_SOURCE.part" --strip-components=1
	rm -rf "$tmp"
	mv "$T_DIR/usr/src/$K_SOURCE.part" "$T_DIR/usr/src/$K_SOURCE"
}

# own_make TARGET...
own_make() {
	quietly "$FIM_BUILD/log/kernel-$K_LABEL.log" tree_run "$T_DIR/fim" \
		nice make -j"$(nproc)" -C "/usr/src/$K_SOURCE" \
		O="/usr/src/linux-headers-$K_RELEASE" \
		LOCALVERSION="-$K_NAME" KBUILD_BUILD_USER=fim \
		KBUILD_BUILD_HOST=fim "$@"
}

# A setting that depends on another one may be gone without a word.
own_config_holds() {
	local gone

	gone=$(grep -h '^CONFIG_' "${K_CONFIG[@]}" | grep -vxFf "$1" || :)
	[ -z "$gone" ] || die "settings that this kernel does not take:" $gone
}

own_build() {
	local out=$T_DIR/usr/src/linux-headers-$K_RELEASE tmp=$K_DIR.part

	[ ! -d "$K_DIR" ] || return 0
	own_source
	say "building Linux $K_RELEASE (a quarter of an hour, once)"
	mkdir -p "$out"
	own_make tinyconfig
	cat "${K_CONFIG[@]}" >>"$out/.config"
	own_make olddefconfig
	own_config_holds "$out/.config"
	own_make bzImage modules
	rm -rf "$tmp"
	mkdir -p "$tmp/lib/modules/$K_RELEASE"
	cp "$out/arch/x86/boot/bzImage" "$tmp/vmlinuz"
	cp "$out"/modules.{order,builtin,builtin.modinfo} \
		"$tmp/lib/modules/$K_RELEASE"
	depmod -b "$tmp" "$K_RELEASE"
	mv "$tmp" "$K_DIR"
}

[ $# -eq 1 ] || die 'usage: own.sh KERNEL'
kernel_resolve "$1"
[ ${#K_CONFIG[@]} -gt 0 ] || die "$1 is no kernel of our own"
tree_use "$K_SUITES" "$K_ARCH"
locked "kernel-$K_RELEASE" own_build
