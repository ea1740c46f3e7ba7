# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# qemu.sh - the emulator, unpacked into the cache. Not the machine's own: before
# 8.1 QEMU's multi-threaded TCG could miss a write to code that another CPU was
# just translating. A CPU then executes a breakpoint for ever which the kernel,
# attaching a hook, has long replaced: loading and unloading under load hangs
# within minutes on Debian 12's 7.2. Sourced after lib.sh and apt.sh.

QEMU_SUITE=trixie

# qemu_use: sets QEMU to a command.
qemu_use() {
	local dir=$FIM_CACHE/qemu-$QEMU_SUITE-$HOST_ARCH libs
	libs=$dir/usr/lib/$(uname -m)-linux-gnu

	[ -d "$dir" ] || locked qemu qemu_fetch "$dir"
	# with its own loader and libraries, from where it is
	QEMU=(env "QEMU_MODULE_DIR=$libs/qemu"
	      "$(echo "$dir"/usr/lib64/ld-linux*.so.*)" --library-path "$libs"
	      "$dir/usr/bin/qemu-system-x86_64"
	      -L "$dir/usr/share/qemu" -L "$dir/usr/share/seabios")
}

qemu_fetch() {
	local dir=$1 tmp=$1.part

	[ ! -d "$dir" ] || return 0
	rm -rf "$tmp"
	say "downloading QEMU of $QEMU_SUITE (170 MB, once)"
	apt_bootstrap extract qemu-system-x86 "$QEMU_SUITE" "$tmp"
	rm -rf "$tmp"/usr/share/{doc,man,locale,icons}
	mv "$tmp" "$dir"
}
