# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# debian.sh - the other machine: a Debian of the kernel's own suite, booted by
# systemd. Its disk is made once, kept in the cache and never written to; what a
# run adds is on the second disk, from where init-debian installs it at boot.
# Sourced after image.sh.

DEBIAN_PACKAGES=(systemd systemd-sysv udev dbus cron logrotate man-db python3
		 openssh-server openssh-client sudo apt rsync kmod procps
		 iproute2 ca-certificates openssl e2fsprogs passwd
		 libnl-genl-3-200 libyaml-0-2 libcjson1)

# Of the machine with containers, besides: runtimes, and what is in containers.
DEBIAN_CONTAINERS=(podman crun runc conmon busybox-static catatonit uidmap
		   dbus-user-session containerd docker.io)

# What takes time under emulation, or wants a network.
DEBIAN_MASKED=(apt-daily.timer apt-daily-upgrade.timer e2scrub_reap.service
	       e2scrub_all.timer fstrim.timer man-db.timer systemd-firstboot.service
	       systemd-hwdb-update.service systemd-pcrphase.service
	       systemd-networkd.service systemd-timesyncd.service
	       getty-static.service getty@tty1.service
	       proc-sys-fs-binfmt_misc.automount docker.service docker.socket
	       containerd.service podman-auto-update.timer
	       podman-restart.service)

# debian_use MACHINE: sets DEBIAN_DISK, and makes it if there is none: of the
# machine "debian" or "containers". Another list of packages, or another of these
# files, is another disk.
debian_use() {
	local suite=${K_SUITES%%,*} hash

	hash=$(cat "$VM_DIR/debian.sh" | sha256sum | cut -c1-12)
	# from Debian 13 on the command is in a package of its own
	[ "$suite" = bookworm ] || DEBIAN_CONTAINERS+=(docker-cli)
	[ "$1" != containers ] || DEBIAN_PACKAGES+=("${DEBIAN_CONTAINERS[@]}")
	DEBIAN_DISK=$FIM_CACHE/debian/$1-$suite-$K_ARCH-$hash.ext4
	[ -e "$DEBIAN_DISK" ] ||
		locked "$1-$suite-$K_ARCH" debian_make "$suite"
}

debian_make() {
	local tmp=${DEBIAN_DISK%.ext4} packages

	[ ! -e "$DEBIAN_DISK" ] || return 0
	need_root "making a Debian to boot"
	[ "$K_ARCH" = "$HOST_ARCH" ] ||
		die "no Debian to boot for the architecture $K_ARCH"
	rm -rf "$tmp" "$tmp".*
	mkdir -p "$FIM_CACHE/debian"
	say "making a Debian $1 to boot (400 MB, once)"
	packages=$(IFS=, ; echo "${DEBIAN_PACKAGES[*]}")
	apt_bootstrap minbase "$packages" "$1" "$tmp"
	debian_settle "$tmp"
	truncate -s 2G "$tmp.part"
	mkfs.ext4 -q -F -m 0 -d "$tmp" "$tmp.part"
	rm -rf "$tmp"
	mv "$tmp.part" "$DEBIAN_DISK"
}

# debian_settle DIR: the installed system as it is after its first boot: it has
# a name, a user with a key to log in with, and nothing left to be made.
debian_settle() {
	local dir=$1 unit

	echo fim >"$dir/etc/hostname"
	echo '127.0.0.1 localhost fim' >"$dir/etc/hosts"
	echo 0123456789abcdef0123456789abcdef >"$dir/etc/machine-id"
	chroot "$dir" useradd -m -s /bin/bash -G sudo user
	echo 'user ALL=(root) NOPASSWD: /usr/bin/id' >"$dir/etc/sudoers.d/user"
	chmod 440 "$dir/etc/sudoers.d/user"
	chroot "$dir" ssh-keygen -q -t ed25519 -N '' -f /root/id
	mkdir -m 700 "$dir/home/user/.ssh"
	cp "$dir/root/id.pub" "$dir/home/user/.ssh/authorized_keys"
	install -d -m 700 "$dir/root/.ssh"
	cp "$dir/root/id.pub" "$dir/root/.ssh/authorized_keys"
	chroot "$dir" chown -R user:user /home/user/.ssh
	for unit in "${DEBIAN_MASKED[@]}"; do
		ln -sf /dev/null "$dir/etc/systemd/system/$unit"
	done
	mkdir -p "$dir/vm" "$dir/etc/fim/policies.d" "$dir/usr/lib/modules" \
		"$dir/boot" "$dir/srv/www"
	touch "$dir/etc/.updated" "$dir/var/.updated"
}

# debian_disk FILE PAYLOAD: the second disk.
debian_disk() {
	local dir init

	dir=$(mktemp -d "$RUN_DIR/vm.XXXX")
	# by what process 1 is, if not by the machine's own
	init=$(sed -n 's/^# init: //p' "$2")
	chmod 755 "$dir"
	cp "$FIM_BUILD/$K_LABEL/fim.ko" "$dir/"
	cp "$FIM_ROOT/ctl/fimctl" "$dir/"
	mkdir "$dir/policies"
	cp "$FIM_ROOT"/policies/*.yaml "$dir/policies/"
	cp -r "$VM_DIR"/{lib-guest.sh,splats,debian-units,containers} "$dir/"
	cp "$FIM_ROOT"/packaging/{hooks.d/fim.json,fim-runc} "$dir/containers/"
	cp "$VM_DIR/init-${init:-$machine}" "$dir/init"
	cp "$2" "$dir/payload"
	chmod 755 "$dir/init"
	truncate -s 64M "$1"
	mkfs.ext4 -q -F -m 0 -d "$dir" "$1"
	rm -rf "$dir"
}
