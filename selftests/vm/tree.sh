# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# tree.sh - build trees: a minimal Debian of a kernel's own suite with its
# compiler, in the cache, into which the headers of kernels are unpacked. A
# kernel's modules want the compiler that built it. Sourced after kernel.sh.

# tree_use SUITES ARCH: sets T_DIR, and makes the tree if there is none. For
# another architecture than the machine's it has a cross compiler; for kernels
# of our own it is another, with what building a kernel takes.
tree_use() {
	T_SUITE=${1%%,*}
	T_ARCH=$2
	T_DIR=$FIM_CACHE/trees/$T_SUITE-$T_ARCH
	[ ${#K_CONFIG[@]} -eq 0 ] || T_DIR+=-kernel
	[ -d "$T_DIR" ] || locked "tree-${T_DIR##*/}" tree_make
}

tree_make() {
	local packages=gcc,make,libc6-dev,libelf-dev,kmod,sparse
	local tmp=$T_DIR.part

	[ ! -d "$T_DIR" ] || return 0
	need_root "making a build tree"
	# later kernels write BTF into each module and insist on the tool
	[ "$T_SUITE" = bullseye ] || packages+=,pahole
	[ "$T_ARCH" = "$HOST_ARCH" ] ||
		packages+=,gcc-$(arch_triplet "$T_ARCH")
	[ ${#K_CONFIG[@]} -eq 0 ] || packages+=,flex,bison,bc,cpio
	rm -rf "$tmp"
	mkdir -p "$FIM_CACHE/trees"
	say "making a build tree of $T_SUITE for $T_ARCH (400 MB, once)"
	apt_bootstrap minbase "$packages" "$T_SUITE" "$tmp"
	mkdir "$tmp/fim"
	mv "$tmp" "$T_DIR"
}

# tree_headers: the tree has the headers of K_RELEASE.
tree_headers() {
	if [ ${#K_CONFIG[@]} -gt 0 ]; then
		kernel_fetch
		return
	fi
	[ -e "$T_DIR/fim/.$K_RELEASE" ] ||
		locked "tree-${T_DIR##*/}" tree_headers_locked
}

tree_headers_locked() {
	local packages deb tmp=$FIM_CACHE/headers.$$

	[ ! -e "$T_DIR/fim/.$K_RELEASE" ] || return 0
	say "downloading the headers of $K_RELEASE"
	read -ra packages < <(kernel_packages "linux-headers-$K_RELEASE")
	apt_fetch "$tmp" "${packages[@]}"
	[ "$T_ARCH" = "$HOST_ARCH" ] || tree_host_tools "$tmp" "${packages[@]}"
	for deb in "$tmp"/*.deb; do
		dpkg-deb --fsys-tarfile "$deb" |
			tar -x -C "$T_DIR" --keep-directory-symlink
	done
	rm -rf "$tmp"
	tree_mend_headers
	touch "$T_DIR/fim/.$K_RELEASE"
}

# tree_host_tools DIR PACKAGE...: of these, the one with the programs that the
# build runs has to be the machine's. In a subshell, for APT_CONFIG.
tree_host_tools() (
	dir=$1
	shift
	for package in "$@"; do
		case $package in linux-kbuild-*) ;; *) continue ;; esac
		rm -f "$dir/$package"_*.deb
		apt_private "$K_SUITES" "$HOST_ARCH"
		apt_fetch "$dir" "$package"
	done
)

# Later kernels ask this script whether sparse will do, and Debian's headers
# come without it; make then drops sparse with a warning. The tree's will do.
tree_mend_headers() {
	local src script

	for src in "$T_DIR"/usr/src/linux-headers-*-common; do
		script=$src/scripts/checker-valid.sh
		[ ! -e "$script" ] || continue
		printf '#!/bin/sh\necho 1\n' >"$script"
		chmod 755 "$script"
	done
}

# tree_run DIR COMMAND...: runs it in the tree with DIR as /fim. The mounts are
# in a namespace of their own and go with it, however it ends.
tree_run() {
	local propagation=private

	need_root "building in a tree"
	# in a chroot "/" is no mount, and nothing propagates from below it
	unshare --mount --propagation private true 2>/dev/null ||
		propagation=unchanged
	# shellcheck disable=SC2016 # expanded by the inner shell
	unshare --mount --propagation $propagation sh -euc '
		tree=$1 dir=$2
		shift 2
		mount -t proc proc "$tree/proc"
		mount --bind "$dir" "$tree/fim"
		exec chroot "$tree" env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin \
			LC_ALL=C "$@"' sh "$T_DIR" "$@"
}
