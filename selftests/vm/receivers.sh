# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# receivers.sh - a small Debian in the cache with the programs that alerts,
# metrics and the protocol's specification are meant for, and the kernel's own
# ynl. The machine gets none of them. Sourced after apt.sh.

RECEIVERS_SUITE=trixie
RECEIVERS=systemd,rsyslog,prometheus,python3-yaml,python3-jsonschema

# receivers_use: sets R_DIR, and makes the tree if there is none.
receivers_use() {
	R_DIR=$FIM_CACHE/trees/receivers-$RECEIVERS_SUITE-$HOST_ARCH
	[ -d "$R_DIR" ] || locked "tree-receivers" receivers_make
}

receivers_make() {
	local tmp=$R_DIR.part

	[ ! -d "$R_DIR" ] || return 0
	need_root "making a tree of the programs that alerts are for"
	rm -rf "$tmp"
	mkdir -p "$FIM_CACHE/trees"
	say "making a tree with ${RECEIVERS//,/, } (400 MB, once)"
	apt_bootstrap minbase "$RECEIVERS" "$RECEIVERS_SUITE" "$tmp"
	receivers_ynl "$tmp/opt/ynl"
	mv "$tmp" "$R_DIR"
}

# receivers_ynl DIR: tools/net/ynl and the schemas of specifications. In a
# subshell, for APT_CONFIG to stay with it.
receivers_ynl() (
	dir=$1

	apt_private "$RECEIVERS_SUITE" "$HOST_ARCH"
	apt_fetch "$dir/debs" linux-source-6.12
	dpkg-deb --fsys-tarfile "$dir"/debs/*.deb |
		tar -xO --wildcards './usr/src/*.tar.xz' |
		tar -xJ -C "$dir" --strip-components=1 --wildcards \
			'*/tools/net/ynl' '*/Documentation/netlink/*.yaml'
	rm -rf "$dir/debs"
)

# receivers_image DIR: ynl, the python that it takes and the specification, as a
# tree to chroot into.
receivers_image() {
	local dir=$1 file stdlib

	receivers_use
	mkdir -p "$dir/usr/bin" "$dir/usr/lib" "$dir/proc"
	ln -s usr/lib "$dir/lib"
	ln -s usr/lib64 "$dir/lib64"
	cp -L "$R_DIR/usr/bin/python3" "$dir/usr/bin/python3"
	stdlib=$(basename "$(echo "$R_DIR"/usr/lib/python3.*)")
	cp -r "$R_DIR/usr/lib/$stdlib" "$R_DIR/usr/lib/python3" "$dir/usr/lib/"
	chroot "$R_DIR" ldd /usr/bin/python3 | grep -oE '/[^ :]+\.so[^ :]*' |
	sort -u | while read -r file; do
		install -D "$(realpath -m "$R_DIR/usr${file#/usr}")" \
			"$dir/usr${file#/usr}"
	done
	cp -r "$R_DIR/opt/ynl/tools" "$dir/"
	cp "$FIM_ROOT/uapi/fim.yaml" "$dir/"
}
