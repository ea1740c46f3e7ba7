# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# qemu.sh - the emulator, unpacked into the cache. Not the machine's own: before
# 8.1 QEMU's multi-threaded TCG could miss a write to code that another CPU was
# just translating. A CPU then executes a breakpoint for ever which the kernel,
# attaching a hook, has long replaced: loading and unloading under load hangs
# within minutes on Debian 12's 7.2. Sourced after lib.sh and apt.sh.

QEMU_SUITE=trixie

# qemu_use ARCH: sets QEMU to a command with the machine it shall be, and
# CONSOLE to what the kernel calls its serial port.
qemu_use() {
	local package dir libs program machine
	libs=usr/lib/$(uname -m)-linux-gnu

	case $1 in
	amd64)
		package=qemu-system-x86 program=qemu-system-x86_64
		machine=(-M q35 -cpu max)
		CONSOLE=ttyS0
		;;
	arm64)
		package=qemu-system-arm program=qemu-system-aarch64
		# the architecture's own algorithm is slow to emulate
		machine=(-M virt -cpu "max,pauth-impdef=on")
		CONSOLE=ttyAMA0
		;;
	*)
		die "no emulator for the architecture $1"
		;;
	esac
	dir=$FIM_CACHE/$package-$QEMU_SUITE-$HOST_ARCH
	libs=$dir/$libs
	[ -d "$dir" ] || locked "$package" qemu_fetch "$dir" "$package"
	# with its own loader and libraries, from where it is
	QEMU=(env "QEMU_MODULE_DIR=$libs/qemu"
	      "$(echo "$dir"/usr/lib64/ld-linux*.so.*)" --library-path "$libs"
	      "$dir/usr/bin/$program"
	      -L "$dir/usr/share/qemu" -L "$dir/usr/share/seabios"
	      "${machine[@]}")
}

qemu_fetch() {
	local dir=$1 tmp=$1.part

	[ ! -d "$dir" ] || return 0
	rm -rf "$tmp"
	say "downloading $2 of $QEMU_SUITE (170 MB, once)"
	apt_bootstrap extract "$2" "$QEMU_SUITE" "$tmp"
	rm -rf "$tmp"/usr/share/{doc,man,locale,icons}
	mv "$tmp" "$dir"
}
