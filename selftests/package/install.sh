#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
#
# install.sh - the packages of "make deb" on a Debian of each suite. Where what is
# slow is fast: installing, and building the module for one kernel and then for
# new ones, in a tree; then that tree is booted with each of these in a virtual
# machine, by systemd, where the policies, an upgrade and the removal show
# (vm/payload/package*.sh). deb.sh has built the packages.
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

# The kernels of the table that are for the suite.
kernels_of() {
	case $1 in
	bookworm) echo 6.1 ;;
	trixie) echo 6.12 newest ;;
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

# running RELEASE: what uname says from now on. In a tree it would be the machine's
# own kernel, and dkms builds for the one that runs and for the newest.
running() {
	cat >"$ROOT/usr/local/sbin/uname" <<-EOF
	#!/bin/sh
	[ "\$*" != -r ] || exec echo $1
	exec /bin/uname "\$@"
	EOF
	chmod 755 "$ROOT/usr/local/sbin/uname"
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

# A policy for the initramfs, and an init that tries to write first of all.
make_early() {
	printf '%s\n' virtio_pci virtio_blk virtio_console ext4 >>"$ROOT/etc/initramfs-tools/modules"
	sed -i 's/^MODULES=.*/MODULES=list/' "$ROOT/etc/initramfs-tools/initramfs.conf"
	mkdir -p "$ROOT/srv/early"
	(. selftests/vm/lib-guest.sh && policy early /srv/early) \
		>"$ROOT/etc/fim/early.d/early.yaml"
	cat >"$ROOT/root/first" <<-'EOF'
	#!/bin/sh
	echo x >>/srv/early/file && early=passed || early=refused
	echo x >>/srv/file && twin=passed || twin=refused
	[ -e /dev/kmsg ] || mount -t devtmpfs dev /dev
	echo "early write: $early, beside it: $twin" >/dev/kmsg
	mount -t ext4 /dev/vdb /vm
	exec /vm/init
	EOF
	chmod 755 "$ROOT/root/first"
}

# The package is gone, and policies and initramfs are not.
leaves_init_alone() {
	mkdir -p "$ROOT/conf" "$ROOT/tmp/gone/etc/fim/early.d"
	touch "$ROOT/tmp/gone/etc/fim/early.d/early.yaml"
	in_root env rootmnt=/tmp/gone sh /usr/share/initramfs-tools/scripts/init-bottom/fim &&
		rmdir "$ROOT/conf"
}

# make_initramfs RELEASE: as initramfs-tools makes it of the package's hook, which
# complains of a kernel without a module.
make_initramfs() {
	kernel_fetch
	cp -rn "$K_DIR/lib/modules/$1" "$ROOT/lib/modules/"
	cp "$K_DIR/boot/config-$1" "$ROOT/boot/"
	touch "$ROOT/boot/vmlinuz-$1"
	in_root depmod "$1"
	in_root update-initramfs -c -k "$1" 2>&1 | tee "$work/said"
	cp "$ROOT/boot/initrd.img-$1" "$work/initramfs-$1"
	! grep '^W: fim' "$work/said" && of_fim "/boot/initrd.img-$1" >"$work/list" &&
		[ "$(wc -l <"$work/list")" = 2 ]
}

# of_fim INITRAMFS: what it has of ours.
of_fim() {
	in_root lsinitramfs "$1" | grep -E 'init-bottom/fim$|/fim\.ko'
}

# complains RELEASE: while there is no module for it.
complains() {
	in_root sh -c "
		mv /lib/modules/$1/updates /root/ && depmod $1
		mkinitramfs -o /tmp/initramfs $1
		mv /root/updates /lib/modules/$1/ && depmod $1" 2>&1 |
		grep '^W: fim: no module for Linux'
}

# initramfs_has VERSION RELEASE...: each has the module of this version.
initramfs_has() {
	local version=$1 release file
	shift

	for release in "$@"; do
		rm -rf "$ROOT/tmp/unpacked"
		in_root unmkinitramfs "/boot/initrd.img-$release" /tmp/unpacked
		file=$(find "$ROOT/tmp/unpacked" -name 'fim.ko*')
		in_root modinfo -F version "${file#"$ROOT"}" | grep -qx "$version" || return 1
	done
}

initramfs_has_none() {
	local release

	for release in "$@"; do
		! of_fim "/boot/initrd.img-$release" || return 1
	done
}

# The disk of the virtual machine, with a policy that is right and one that is
# not, and the new packages. Of the kernel's modules it has few: dkms calls depmod,
# which takes minutes there for thousands of them.
make_disk() {
	local release

	for release in "${releases[@]}"; do
		find "$ROOT/lib/modules/$release" -path '*/kernel/*.ko*' \
			! -name 'virtio*' -delete
		in_root depmod "$release"
	done
	rm "$ROOT/usr/local/sbin/uname"
	# no initramfs to be made anew
	mkdir "$work/boot"
	mv "$ROOT"/boot/* "$work/boot/"
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
	mv "$work"/boot/* "$ROOT/boot/"
}

boot() {
	selftests/vm/run.sh --timeout 900 --disk "$work/disk" "$@"
}

boot_early() {
	boot --initrd "$work/initramfs-$1" --append 'root=/dev/vda rw init=/root/first' \
		"$kernel" package-early
}

# boot_sealed NAME OPTION...: fim.conf has "seal = yes".
boot_sealed() {
	boot --as "$1" --append "fim.seal=yes ${*:2}" "$kernel" package-seal
}

for suite in "${@:-bookworm}"; do
	debs=$FIM_BUILD/deb-$suite
	result "$suite: there are packages" [ -e "$debs/fimctl_${version}_$HOST_ARCH.deb" ]
	root_use "$suite"
	read -ra kernels < <(kernels_of "$suite")
	ours >"$work/before" || :
	releases=("$RELEASE")
	running "$RELEASE"
	result "$suite: install" install_debs "$debs"
	result "$suite: the module is built" built "$version" "${releases[@]}"
	result "$suite: for the initramfs, a policy" make_early
	result "$suite: its script leaves init alone without fim-init" leaves_init_alone
	for kernel in "${kernels[@]}"; do
		kernel_resolve "$kernel"
		new="$suite: Linux $K_LABEL"
		releases+=("$K_RELEASE")
		result "$new: not there yet, and nothing built for it" not_built "$K_RELEASE"
		result "$new: its headers are installed" install_headers
		result "$new: the module is built, too" built "$version" "${releases[@]}"
		result "$new: an initramfs with the module" make_initramfs "$K_RELEASE"
		result "$new: without one it complains" complains "$K_RELEASE"
	done
	result "$suite: a new version" make_new
	result "$suite: a disk of it" make_disk "$work/disk"
	# by itself, dkms builds it for this one only
	running "${releases[-1]}"
	result "$suite: upgrade" install_debs "$work/new"
	result "$suite: the new module is built for all" built "$version.1" "${releases[@]}"
	result "$suite: and in each initramfs" initramfs_has "$version.1" "${releases[@]:1}"
	result "$suite: nothing is left after purging" nothing_left
	result "$suite: nor in an initramfs" initramfs_has_none "${releases[@]:1}"
	root_end
	for kernel in "${kernels[@]}"; do
		kernel_resolve "$kernel"
		new="$suite: Linux $K_LABEL"
		result "$new: on a machine, booted" boot "$kernel" package
		result "$new: protected before init" boot_early "$K_RELEASE"
		result "$new: booted with fim=off" boot --append fim=off "$kernel" package-off
		result "$new: sealed" boot_sealed package-seal
		result "$new: sealed, with fim=off" boot_sealed package-seal-off fim=off fim.own=yes
		result "$new: a key that the kernel does not have" boot --as package-unsigned \
			--append module.sig_enforce=1 "$kernel" package-off
	done
	rm -rf "${work:?}"/*
done
finish
