# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# root.sh - an installed Debian of a suite to install FIM in, with the headers of
# its newest kernel, and results in TAP. It is made once and kept in the cache;
# what a test does to it is in a layer of its own. Sourced after lib.sh and
# apt.sh.

# What building and checking packages takes, and what installing them does.
PACKAGE_PACKAGES=(debhelper dh-dkms dkms lintian "linux-headers-$HOST_ARCH"
		  initramfs-tools systemd gcc make pkg-config libnl-3-dev
		  libnl-genl-3-dev libyaml-dev libcjson-dev busybox
		  bash-completion man-db)

number=0 failures=0

# result NAME COMMAND...: a line of TAP, after its output if it failed.
result() {
	local name=$1 out
	shift

	number=$((number + 1))
	if out=$(set +e; "$@" 2>&1); then
		echo "ok $number $name"
	else
		[ -z "$out" ] || sed 's/^/#   /' <<<"$out" | tail -n 60
		echo "not ok $number $name"
		failures=$((failures + 1))
	fi
}

finish() {
	echo "1..$number"
	[ "$failures" -eq 0 ]
}

# root_use SUITE: sets ROOT, mounted until root_end.
root_use() {
	local lower=$FIM_CACHE/package/$1-$HOST_ARCH

	need_root "installing in a Debian of our own"
	SUITE=$1
	[ -d "$lower" ] || locked "package-$1" root_make "$lower" "$1"
	LAYER=$(mktemp -d "${TMPDIR:-/tmp}/fim-package.XXXXXX")
	mkdir "$LAYER"/{upper,work,root}
	ROOT=$LAYER/root
	mount -t overlay -o "lowerdir=$lower,upperdir=$LAYER/upper,workdir=$LAYER/work" \
		fim-package "$ROOT"
	mount -t proc proc "$ROOT/proc"
	RELEASE=$(in_root sh -c 'ls /usr/src | sed -n "s/^linux-headers-\(.*-$1\)\$/\1/p"' \
		sh "$HOST_ARCH")
}

root_make() {
	local dir=$1 tmp=$1.part packages

	[ ! -d "$dir" ] || return 0
	rm -rf "$tmp"
	mkdir -p "${dir%/*}"
	say "making a Debian $2 to install packages in (700 MB, once)"
	packages=$(IFS=, ; echo "${PACKAGE_PACKAGES[*]}")
	apt_bootstrap minbase "$packages" "$2" "$tmp"
	mv "$tmp" "$dir"
}

root_end() {
	[ -n "${LAYER:-}" ] || return 0
	umount "$ROOT/proc" "$ROOT" || return 1
	rm -rf "$LAYER"
	LAYER=''
}

# in_root COMMAND...
in_root() {
	chroot "$ROOT" env -i PATH=/usr/local/sbin:/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C.UTF-8 \
		HOME=/root DEBIAN_FRONTEND=noninteractive "$@"
}
