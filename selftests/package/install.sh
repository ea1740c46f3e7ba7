#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
#
# install.sh - the packages of "make deb" on a Debian of each suite. Where what is
# slow is fast: installing, and building the module for one kernel and then for a
# new one, in a tree; then that tree is booted in a virtual machine, by systemd,
# where the policies, an upgrade and the removal show (vm/payload/package.sh). deb.sh
# has built the packages.
#
#   install.sh [SUITE]...
set -euo pipefail
cd "$(dirname "$0")/../.."
. selftests/vm/lib.sh
. selftests/vm/apt.sh
. selftests/vm/kernel.sh
. selftests/package/root.sh

work=$(mktemp -d "${TMPDIR:-/tmp}/fim-install.XXXXXX")
cleanup() {
	root_end
	rm -rf "$work"
}
trap cleanup EXIT

version=$(cat VERSION)

# The kernel of the table that is of the suite.
kernel_of() {
	case $1 in
	bookworm) echo 6.1 ;;
	trixie) echo 6.12 ;;
	*) die "no kernel to boot a $1 with" ;;
	esac
}

# built VERSION RELEASE...: modprobe finds the module of this version, for each.
built() {
	local version=$1 release
	shift

	for release in "$@"; do
		in_root modinfo -k "$release" -F version fim | grep -qx "$version" ||
			return 1
		in_root modprobe -n -S "$release" fim || return 1
	done
}

not_built() {
	! in_root modinfo -k "$1" fim
}

# Headers as apt would install them; the kernel's own package is not needed, and
# neither is a compiler of just that version.
install_headers() {
	local packages

	read -ra packages < <(kernel_packages "linux-headers-$K_RELEASE")
	apt_fetch "$work/headers" "${packages[@]}"
	cp "$work"/headers/*.deb "$ROOT/tmp/"
	in_root sh -c 'dpkg -i --force-depends /tmp/linux-*.deb'
	# as the package of the kernel itself does
	in_root depmod "$K_RELEASE"
}

# The same packages as a version that comes later.
make_new() {
	local tree=$work/new-tree

	mkdir -p "$tree"
	git ls-files -co --exclude-standard | while read -r file; do
		[ ! -f "$file" ] || printf '%s\n' "$file"
	done | xargs -d '\n' cp --parents -t "$tree"
	sed -i "s/${version//./\\.}/&.1/" "$tree"/{VERSION,dkms.conf,debian/changelog}
	FIM_TREE=$tree packaging/deb.sh -o "$work/new" "$suite"
}

# What has our name.
ours() {
	in_root find / -xdev \( -path /proc -o -path /tmp -o -path /root -o \
		-path /var/log \) -prune -o -print | grep -E '/([^/]*[-_.])?fim([-_.][^/]*)?$' |
		sort
}

nothing_left() {
	in_root dpkg -P fimctl fim-dkms
	ours >"$work/after" || :
	! comm -13 "$work/before" "$work/after" | grep .
}

install_debs() {
	rm -rf "$ROOT/tmp/debs"
	mkdir -p "$ROOT/tmp/debs"
	cp "$1"/fimctl_*.deb "$1"/fim-dkms_*.deb "$ROOT/tmp/debs/"
	in_root sh -c 'dpkg -i /tmp/debs/*.deb'
}

# An initramfs of initramfs-tools for the kernel that is booted, which has the
# package's hook; a policy for it, and an init that tries to write first of all.
make_initramfs() {
	printf '%s\n' virtio_pci virtio_blk ext4 >>"$ROOT/etc/initramfs-tools/modules"
	sed -i 's/^MODULES=.*/MODULES=list/' "$ROOT/etc/initramfs-tools/initramfs.conf"
	kernel_fetch
	cp -rn "$K_DIR/lib/modules/$new" "$ROOT/lib/modules/"
	cp "$K_DIR/boot/config-$new" "$ROOT/boot/"
	in_root depmod "$new"
	mkdir -p "$ROOT/srv/early"
	(. selftests/vm/lib-guest.sh && policy early /srv/early) \
		>"$ROOT/etc/fim/early.d/early.yaml"
	cat >"$ROOT/root/first" <<-'EOF'
	#!/bin/sh
	echo x >>/srv/early/file && early=passed || early=refused
	[ -e /dev/kmsg ] || mount -t devtmpfs dev /dev
	echo "early write: $early" >/dev/kmsg
	modprobe virtio_console
	mount -t ext4 /dev/vdb /vm
	exec /vm/init
	EOF
	chmod 755 "$ROOT/root/first"
	in_root mkinitramfs -o /tmp/initramfs "$new"
	in_root lsinitramfs /tmp/initramfs | grep -E 'init-bottom/fim$|/fim.ko' | sort >"$work/list"
	mv "$ROOT/tmp/initramfs" "$work/initramfs"
	[ "$(wc -l <"$work/list")" = 2 ]
}

# The disk of the virtual machine, with a policy that is right and one that is
# not, and the new packages.
make_disk() {
	mkdir -p "$ROOT"/{vm,srv/www,root/new}
	echo fim >"$ROOT/etc/hostname"
	echo 0123456789abcdef0123456789abcdef >"$ROOT/etc/machine-id"
	rm -rf "$ROOT"/tmp/* "$ROOT"/var/cache/apt/*
	cp "$work"/new/fimctl_*.deb "$work"/new/fim-dkms_*.deb "$ROOT/root/new/"
	echo "$version" >"$ROOT/root/version"
	echo content >"$ROOT/srv/www/page"
	echo 'kind: [' >"$ROOT/etc/fim/policies.d/00-broken.yaml"
	(. selftests/vm/lib-guest.sh && policy web /srv/www) \
		>"$ROOT/etc/fim/policies.d/web.yaml"
	in_root systemctl enable systemd-networkd.service
	in_root systemctl mask systemd-networkd-wait-online.service \
		systemd-hwdb-update.service getty@tty1.service
	umount "$ROOT/proc"
	truncate -s 3G "$1"
	mkfs.ext4 -q -F -m 0 -d "$ROOT" "$1"
	mount -t proc proc "$ROOT/proc"
}

boot() {
	selftests/vm/run.sh --timeout 400 --disk "$work/disk" "$@"
}

boot_early() {
	boot --initrd "$work/initramfs" --append 'root=/dev/vda rw init=/root/first' \
		"$kernel" package-early
}

for suite in "${@:-bookworm}"; do
	debs=$FIM_BUILD/deb-$suite
	result "$suite: there are packages" [ -e "$debs/fimctl_${version}_$HOST_ARCH.deb" ]
	root_use "$suite"
	kernel=$(kernel_of "$suite")
	kernel_resolve "$kernel"
	new=$K_RELEASE
	ours >"$work/before" || :
	# dkms builds for the kernel that runs, which in a tree is none of the tree's
	echo autoinstall_all_kernels=1 >>"$ROOT/etc/dkms/framework.conf"
	result "$suite: install" install_debs "$debs"
	result "$suite: the module is built" built "$version" "$RELEASE"
	result "$suite: not for a kernel that is not there" not_built "$new"
	result "$suite: a new kernel's headers" install_headers
	result "$suite: the module is built for that, too" built "$version" "$RELEASE" "$new"
	result "$suite: a new version" make_new
	result "$suite: an initramfs with the module" make_initramfs
	result "$suite: a disk of it" make_disk "$work/disk"
	result "$suite: upgrade" install_debs "$work/new"
	result "$suite: the new module is built for both" built "$version.1" "$RELEASE" "$new"
	result "$suite: nothing is left after purging" nothing_left
	root_end
	result "$suite: on a machine, booted" boot "$kernel" package
	result "$suite: protected before init" boot_early
	result "$suite: booted with fim=off" boot --append fim=off "$kernel" package-off
	rm -rf "${work:?}"/*
done
finish
