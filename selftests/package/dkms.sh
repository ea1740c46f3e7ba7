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

# What the log of dkms says of a kernel that is refused.
refused() {
	! in_root dkms build "fim/$version" -k "$RELEASE" &&
		grep -rh 'CONFIG_SECURITY off' "$ROOT/var/lib/dkms/fim"
}

without_security() {
	local conf=$ROOT/usr/src/linux-headers-$RELEASE/include/config/auto.conf
	sed -i "$1" "$conf"
}

for suite in "${@:-bookworm}"; do
	root_use "$suite"
	result "$suite: make dkms" make -s dkms DESTDIR="$ROOT"
	result "$suite: dkms add" in_root dkms add "fim/$version"
	without_security 's/^CONFIG_SECURITY=y/#&/'
	result "$suite: dkms build for a kernel without LSM says why not" refused
	without_security 's/^#\(CONFIG_SECURITY=y\)/\1/'
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
