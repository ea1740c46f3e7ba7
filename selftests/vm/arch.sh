# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# arch.sh - kernels of another architecture than this machine's: the cross
# compiler, what programs are linked against, and the tool and the tests for
# it. Sourced after apt.sh.

# arch_triplet ARCH: what compilers and library directories call it.
arch_triplet() {
	case $1 in
	amd64) echo x86_64-linux-gnu ;;
	arm64) echo aarch64-linux-gnu ;;
	*) die "no support for the architecture $1" ;;
	esac
}

# arch_kbuild ARCH: what the kernel's build system calls it.
arch_kbuild() {
	case $1 in
	amd64) echo x86 ;;
	*) echo "$1" ;;
	esac
}

# arch_use ARCH SUITE: sets A_CROSS, the prefix of its compiler, empty for the
# machine's own; A_ROOT, the root of what programs are linked against; A_BUILD,
# where the test programs, vm/ and fimctl are.
arch_use() {
	A_ARCH=$1
	A_CROSS='' A_ROOT='' A_BUILD=$FIM_BUILD A_TOOL=$FIM_ROOT/ctl/fimctl
	[ "$A_ARCH" != "$HOST_ARCH" ] || return 0
	A_CROSS=$(arch_triplet "$A_ARCH")-
	A_ROOT=$FIM_CACHE/roots/bookworm-$A_ARCH
	A_BUILD=$FIM_BUILD/$A_ARCH
	A_TOOL=$A_BUILD/fimctl
	[ -d "$A_ROOT" ] || locked "root-$A_ARCH" arch_root_make
}

# Unpacked only: nothing in it is run on this machine.
arch_root_make() {
	local packages=libc6-dev,libnl-genl-3-dev,libyaml-dev,libcjson-dev
	local tmp=$A_ROOT.part

	[ ! -d "$A_ROOT" ] || return 0
	need_root "unpacking libraries of $A_ARCH"
	rm -rf "$tmp"
	mkdir -p "${A_ROOT%/*}"
	say "downloading libraries of $A_ARCH (once)"
	apt_bootstrap extract "$packages,busybox-static,dash,coreutils" \
		bookworm "$tmp" "$A_ARCH"
	# the linker's script names its libraries from the root
	mv "$tmp" "$A_ROOT"
}

# arch_make DIR TARGET...: make in DIR with the compiler and libraries of the
# architecture.
arch_make() {
	local triplet
	triplet=$(arch_triplet "$A_ARCH")

	PKG_CONFIG_SYSROOT_DIR=$A_ROOT \
	PKG_CONFIG_LIBDIR=$A_ROOT/usr/lib/$triplet/pkgconfig:$A_ROOT/usr/share/pkgconfig \
		make -s -C "$@" CC="${A_CROSS}gcc --sysroot=$A_ROOT" \
		AR="${A_CROSS}ar"
}

# arch_programs HARNESS: the tool, the tests, and what else runs in the machine.
arch_programs() {
	local copy=$A_BUILD/ctl

	[ -n "$A_CROSS" ] || return 0
	"$VM_DIR/deps.sh" --cross
	say "building the tool and the tests for $A_ARCH"
	mkdir -p "$A_BUILD/selftests" "$copy"
	# the tool is built where its sources are: those of this machine stay
	cp -pu "$FIM_ROOT"/ctl/*.[ch] "$FIM_ROOT"/ctl/*.sh \
		"$FIM_ROOT"/ctl/Makefile "$copy"
	cp -pu "$FIM_ROOT/VERSION" "$A_BUILD"
	mkdir -p "$A_BUILD/uapi" "$A_BUILD/kmod"
	cp -pu "$FIM_ROOT"/uapi/*.h "$A_BUILD/uapi"
	cp -pu "$FIM_ROOT"/kmod/glob.[ch] "$A_BUILD/kmod"
	quietly "$FIM_BUILD/log/tool-$A_ARCH.log" arch_make "$copy" fimctl
	cp "$copy/fimctl" "$A_TOOL"
	quietly "$FIM_BUILD/log/tests-$A_ARCH.log" arch_make \
		"$FIM_ROOT/selftests" O="$A_BUILD/selftests" \
		CFLAGS='-O2 -g -Werror' KSELFTEST_INC="$1"
	FIM_BUILD=$A_BUILD CC="${A_CROSS}gcc --sysroot=$A_ROOT" \
		"$VM_DIR/vmtools.sh"
}

# arch_build ARCH HARNESS: the same for that architecture, nothing for this machine's.
# In a subshell, for A_* to stay there.
arch_build() (
	arch_use "$1"
	arch_programs "$2"
)
