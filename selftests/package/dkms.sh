#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
#
# dkms.sh - "make dkms" in an installed Debian: dkms builds, installs and removes
# the module for its kernel.
#
#   dkms.sh [SUITE]...
set -euo pipefail
cd "$(dirname "$0")/../.."
. selftests/vm/lib.sh
. selftests/vm/apt.sh
. selftests/package/root.sh
trap root_end EXIT

version=$(cat VERSION)

module() {
	find "$ROOT/lib/modules/$RELEASE/updates" -name 'fim.ko*' | grep .
}

module_is_ours() {
	in_root modinfo -k "$RELEASE" -F version fim | grep -qx "$version"
}

gone() {
	! find "$ROOT/lib/modules" -name 'fim.ko*' | grep . &&
		[ ! -e "$ROOT/var/lib/dkms/fim" ]
}

# refused EDIT TEXT: what the log of dkms says of a kernel with these settings.
refused() {
	local conf=$ROOT/usr/src/linux-headers-$RELEASE/include/config/auto.conf
	local status=0

	cp "$conf" "$conf.orig"
	sed -i "$1" "$conf"
	! cmp -s "$conf" "$conf.orig" || status=1
	rm -rf "$ROOT/var/lib/dkms/fim/$version/build"
	! in_root dkms build "fim/$version" -k "$RELEASE" || status=1
	grep -rh "fim: this kernel .*$2" "$ROOT/var/lib/dkms/fim" || status=1
	mv "$conf.orig" "$conf"
	return $status
}

for suite in "${@:-bookworm}"; do
	root_use "$suite"
	result "$suite: make dkms" make -s dkms DESTDIR="$ROOT"
	result "$suite: dkms add" in_root dkms add "fim/$version"
	for name in SECURITY KPROBES NET TMPFS; do
		result "$suite: dkms build for a kernel without $name says why not" \
			refused "/^CONFIG_$name=/d" "CONFIG_$name off"
	done
	result "$suite: dkms build for a kernel with Clang's LTO says why not" \
		refused '$aCONFIG_LTO_CLANG=y' "Clang's LTO"
	result "$suite: and for one with RANDSTRUCT" \
		refused '$aCONFIG_RANDSTRUCT=y' RANDSTRUCT
	result "$suite: dkms build" in_root dkms build "fim/$version" -k "$RELEASE"
	result "$suite: dkms install" in_root dkms install "fim/$version" \
		-k "$RELEASE"
	result "$suite: the module is where modprobe looks" module
	result "$suite: and is of this version" module_is_ours
	result "$suite: dkms remove" in_root dkms remove "fim/$version" --all
	result "$suite: nothing is left of it" gone
	root_end
done
finish
