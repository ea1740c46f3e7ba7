#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
#
# deps.sh - installs the Debian packages that building and testing FIM takes,
# those that are missing only.
#
#   deps.sh [--lint | --cross]
#
#   --lint   what "make lint" takes, too
#   --cross  the compiler for programs of arm64, too
set -euo pipefail
. "$(dirname "$0")/lib.sh"

# the tool
packages=(gcc make libc6-dev pkg-config libnl-3-dev libnl-genl-3-dev
	  libyaml-dev libcjson-dev)
# fuzzing it
packages+=(clang libclang-rt-dev)
# its tests
packages+=(python3 python3-jsonschema python3-yaml man-db)
# the VM: fetching, unpacking and booting kernels
packages+=(mmdebstrap debian-archive-keyring busybox-static
	   kmod cpio e2fsprogs btrfs-progs xz-utils util-linux binutils)
# what Buildroot copies sources with
packages+=(rsync)
case ${1:-} in
--lint) packages+=(clang-format codespell shellcheck sparse) ;;
--cross) packages+=(gcc-aarch64-linux-gnu) ;;
esac

installed() {
	dpkg-query -W -f '${db:Status-Status}\n' "$1" 2>/dev/null |
		grep -qx installed
}

# Packages can be known and gone from the mirror: then the lists are stale.
install() {
	DEBIAN_FRONTEND=noninteractive apt-get install -qq -y \
		--no-install-recommends "$@" </dev/null
}

missing=()
for package in "${packages[@]}"; do
	installed "$package" || missing+=("$package")
done
[ ${#missing[@]} -gt 0 ] || exit 0

need_root "apt-get install ${missing[*]}"
say "installing ${missing[*]}"
log=$FIM_BUILD/log/deps.log
mkdir -p "$(dirname "$log")"
if ! install "${missing[@]}" >"$log" 2>&1; then
	quietly "$log" apt-get update
	quietly "$log" install "${missing[@]}"
fi
