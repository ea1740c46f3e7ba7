# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# image.sh - what a virtual machine boots from: an initramfs that has only the
# modules to reach the disk, and the disk, a small usr-merged root filesystem
# with the module, the tool, the tests and the payload. Sourced after kernel.sh.

# Loaded by the initramfs on every boot, the optional ones if the kernel has
# them.
IMAGE_MODULES=(virtio_pci virtio_console virtio_blk ext4 overlay loop fuse dm_mod)

# Loaded by the tests that are about them: /vm/modules/NAME has each with what it
# needs, in order.
TEST_MODULES=(btrfs nfsd nfsv3 nfsv4 nvme scsi_debug sd_mod sg nbd binder_linux
	      autofs4)

# image_module DIR NAME: a module and what it needs, in the order of their names.
image_module() {
	local dir=$1/$2 path name number=10

	mkdir -p "$dir"
	modprobe -d "$K_DIR" -S "$K_RELEASE" -D "$2" 2>/dev/null |
	awk '$1 == "insmod" && !seen[$2]++ { print $2 }' |
	while read -r path; do
		name=$(basename "$path")
		case $path in
		*.xz) xz -dc "$path" >"$dir/$number-${name%.xz}" ;;
		*) cp "$path" "$dir/$number-$name" ;;
		esac
		number=$((number + 1))
	done
	rmdir "$dir" 2>/dev/null || :
}

# image_initramfs FILE: kernel modules in the order in which to load them.
image_initramfs() {
	local dir path name

	dir=$(mktemp -d "$RUN_DIR/initramfs.XXXX")
	mkdir -p "$dir"/{bin,modules,proc,sys,dev,root}
	: >"$dir/modules/order"
	cp "$(image_program busybox)" "$dir/bin/busybox"
	cp "$VM_DIR/init-initramfs" "$dir/init"
	for name in "${IMAGE_MODULES[@]}"; do
		modprobe -d "$K_DIR" -S "$K_RELEASE" -D "$name" 2>/dev/null || :
	done | awk '$1 == "insmod" && !seen[$2]++ { print $2 }' |
	while read -r path; do
		name=$(basename "$path")
		case $path in
		*.xz) xz -dc "$path" >"$dir/modules/${name%.xz}" ;;
		*) cp "$path" "$dir/modules/" ;;
		esac
		printf '%s\n' "${name%.xz}" >>"$dir/modules/order"
	done
	(cd "$dir" && find . | cpio -o -H newc --quiet) >"$1"
	rm -rf "$dir"
}

# image_program NAME: a program of the machine's own, or of its architecture.
image_program() {
	if [ -z "$A_ROOT" ]; then
		type -P "$1"
	else
		find "$A_ROOT"/bin/ "$A_ROOT"/usr/bin/ -name "$1" | head -n 1
	fi
}

# image_all_libraries DIR: those that there are, for another architecture.
image_all_libraries() {
	local dir=$1 path name

	find "$A_ROOT"/lib/*-linux-gnu* "$A_ROOT"/usr/lib/*-linux-gnu* \
		"$A_ROOT"/lib/ld-linux* -maxdepth 1 -name '*.so*' \
		! -name '*.so' | while read -r path; do
		name=${path#"$A_ROOT"/}
		install -D "$path" "$dir/usr/${name#usr/}"
	done
}

# image_libraries DIR PROGRAM...: the shared libraries that they need. /lib and
# /lib64 are links into /usr in the image, as on the machine.
image_libraries() {
	local dir=$1 path
	shift

	if [ -n "$A_ROOT" ]; then
		# ldd runs what it is asked about; these are few
		image_all_libraries "$dir"
		return
	fi
	# none of a static program, and then ldd and grep fail
	{ ldd "$@" 2>/dev/null | grep -oE '/[^ :]+\.so[^ :]*' || :; } |
	sort -u | while read -r path; do
		install -D "$path" "$dir/usr${path#/usr}"
	done
}

# image_base DIR: the directories, links and applets of a small Debian.
image_base() {
	local dir=$1 applet name

	mkdir -p "$dir"/{boot,dev,etc,home,mnt,proc,root,run,srv,sys,tmp,var,vm} \
		"$dir"/usr/{bin,lib,lib64,libexec,local/bin,sbin,share} \
		"$dir"/mnt/{ext4,overlay,tmpfs} "$dir"/var/{lib,log,tmp}
	for name in bin lib lib64 sbin; do
		ln -s "usr/$name" "$dir/$name"
	done
	cp "$(image_program busybox)" "$dir/usr/bin/busybox"
	for applet in $(busybox --list-full); do
		case $applet in
		*sbin/*) ln -sf ../bin/busybox "$dir/usr/sbin/${applet##*/}" ;;
		*/busybox) ;;
		*) ln -sf busybox "$dir/usr/bin/${applet##*/}" ;;
		esac
	done
	printf 'root:x:0:0:root:/root:/bin/sh\nnobody:x:65534:65534::/:/bin/false\n' \
		>"$dir/etc/passwd"
	printf 'root:x:0:\nnogroup:x:65534:\n' >"$dir/etc/group"
	printf 'fim\n' >"$dir/etc/hostname"
	printf 'a kernel\n' >"$dir/boot/vmlinuz"
	# busybox runs and can't be opened for writing, so something that can
	printf '#!/bin/sh\necho hello\n' >"$dir/usr/bin/hello"
	chmod 755 "$dir/usr/bin/hello"
}

# image_programs DIR: a shell and a few programs of the machine's own. busybox's
# shell runs its applets itself, so that a record would name nothing but
# busybox.
image_programs() {
	local dir=$1 name path
	local programs=()

	for name in dash touch rm mv chmod ln; do
		cp --remove-destination -L "$(image_program "$name")" \
			"$dir/usr/bin/$name"
		programs+=("$dir/usr/bin/$name")
	done
	# to look at a disk with, and to make one, if they are there
	for name in blkid e2fsck mkfs.btrfs mkfs.ext4; do
		path=$(image_program "$name") || continue
		[ -n "$path" ] || continue
		cp --remove-destination -L "$path" "$dir/usr/bin/$name"
		programs+=("$dir/usr/bin/$name")
	done
	image_libraries "$dir" "${programs[@]}"
}

# image_fim DIR: module, tool, policies and test programs, those that are there.
image_fim() {
	local dir=$1 programs=() file

	cp "$FIM_BUILD/$K_LABEL/fim.ko" "$dir/fim.ko"
	[ ! -e "$FIM_BUILD/$K_LABEL/rival/rival.ko" ] ||
		cp "$FIM_BUILD/$K_LABEL/rival/rival.ko" "$dir/vm/"
	if [ -x "$A_TOOL" ]; then
		cp "$A_TOOL" "$dir/usr/bin/fimctl"
		programs+=("$dir/usr/bin/fimctl")
	fi
	mkdir -p "$dir/usr/share/fim/policies" "$dir/etc/fim/policies.d" "$dir/tests"
	cp "$FIM_ROOT"/policies/*.yaml "$dir/usr/share/fim/policies/" 2>/dev/null || :
	for file in "$A_BUILD"/selftests/*; do
		if [ -f "$file" ] && [ -x "$file" ]; then
			cp "$file" "$dir/tests/"
			programs+=("$file")
		fi
	done
	for file in "$A_BUILD"/vm/*; do
		[ ! -x "$file" ] || cp "$file" "$dir/vm/"
	done
	[ ${#programs[@]} -eq 0 ] || image_libraries "$dir" "${programs[@]}"
}

# image_root FILE PAYLOAD: the root disk.
image_root() {
	local dir name

	dir=$(mktemp -d "$RUN_DIR/root.XXXX")
	chmod 755 "$dir"
	image_base "$dir"
	image_programs "$dir"
	image_fim "$dir"
	for name in "${TEST_MODULES[@]}"; do
		image_module "$dir/vm/modules" "$name" || :
	done
	cp "$VM_DIR"/{init,lib-guest.sh,splats} "$dir/vm/"
	cp "$FIM_ROOT"/packaging/{fim-init,busybox/S01fim,openrc/fim} "$dir/vm/"
	cp "$2" "$dir/vm/payload"
	chmod 755 "$dir/vm/init"
	! grep -qx '# needs: ynl' "$2" || receivers_image "$dir/ynl"
	truncate -s 256M "$1"
	mkfs.ext4 -q -F -m 0 -d "$dir" "$1"
	rm -rf "$dir"
}
