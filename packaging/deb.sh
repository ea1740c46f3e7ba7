#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
#
# deb.sh - builds the Debian packages fimctl and fim-dkms ("make deb"), from a copy
# of the sources, into build/deb or the directory of -o.
#
#   deb.sh [-o DIR]            on this Debian; installs what building takes
#   deb.sh [-o DIR] SUITE      in a Debian of that suite in the cache
#
# FIM_TREE: other sources than these. FIM_DEB_ENV: what the build's environment has
# besides in a Debian of the cache, NAME=VALUE, with spaces between.
set -euo pipefail
cd "$(dirname "$0")/.."
. selftests/vm/lib.sh
. selftests/vm/apt.sh
. selftests/package/root.sh

tree=${FIM_TREE:-$FIM_ROOT} out=$FIM_BUILD/deb
[ "${1:-}" != -o ] || { out=$2; shift 2; }
suite=${1:-}

work=$(mktemp -d "${TMPDIR:-/tmp}/fim-deb.XXXXXX")
cleanup() {
	root_end
	rm -rf "$work"
}
trap cleanup EXIT

# copy_tree DIR: the sources, without what was built in them.
copy_tree() {
	mkdir -p "$1"
	(cd "$tree" && find . \( -name .git -o -path ./build -o -path './selftests/*/build*' \) \
		-prune -o -type f ! -name '*.[oa]' ! -name '.*.d' ! -name '.flags' ! -name 'fimctl' -print0 -o \
		-path ./ctl/completion/fimctl -print0 |
		xargs -0 cp --parents -p -t "$1")
}

# What building takes; the list of packages may be old.
install_tools() {
	local missing=()

	type -P dpkg-buildpackage >/dev/null || missing+=(dpkg-dev)
	if [ ${#missing[@]} -eq 0 ] && dpkg-checkbuilddeps "$work/fim/debian/control" \
		2>/dev/null; then
		return
	fi
	need_root "installing what building the packages takes"
	say "installing what building the packages takes"
	quietly "$FIM_BUILD/log/deb-tools.log" apt-get update
	export DEBIAN_FRONTEND=noninteractive
	quietly "$FIM_BUILD/log/deb-tools.log" apt-get install -y \
		--no-install-recommends build-essential dpkg-dev
	quietly "$FIM_BUILD/log/deb-tools.log" apt-get build-dep -y \
		--no-install-recommends "$work/fim"
}

collect() {
	mkdir -p "$out"
	rm -f "$out"/fim*.deb
	cp "$1"/fim*.deb "$1"/fim*.changes "$1"/fim*.buildinfo "$out/"
}

copy_tree "$work/fim"
if [ -z "$suite" ]; then
	install_tools
	(cd "$work/fim" && quietly "$FIM_BUILD/log/deb.log" \
		dpkg-buildpackage -b -us -uc)
	collect "$work"
else
	root_use "$suite"
	# the place's name is the sources': it must not matter
	name=${tree##*/}
	mkdir -p "$ROOT/build"
	cp -rp "$work/fim" "$ROOT/build/$name"
	# -d: the package build-essential is not there; what it stands for is
	read -ra variables <<<"${FIM_DEB_ENV:-}"
	quietly "$FIM_BUILD/log/deb-$suite.log" in_root "${variables[@]}" \
		sh -c 'cd "/build/$1" && dpkg-buildpackage -b -us -uc -d' sh "$name"
	collect "$ROOT/build"
fi
say "built: $(cd "$out" && echo ./*.deb)"
