# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# kernel.sh - a row of the table of kernels becomes a kernel that can be
# booted, in the cache. Nothing is installed. Sourced after lib.sh and apt.sh.

# Directories of drivers that no virtual machine of ours has.
KERNEL_LEAVE_OUT=(drivers/gpu drivers/media drivers/net/ethernet
		  drivers/net/wireless drivers/infiniband drivers/staging
		  drivers/iio drivers/hwmon drivers/usb sound)

# kernel_resolve NAME: sets K_NAME, K_ARCH, K_SUITES, K_RELEASE (what uname -r
# will say), K_LABEL (6.1, 7.3, 7.3-rt) and K_DIR, and APT_CONFIG for its suites.
# K_CONFIG has the settings of a kernel of our own, and is empty for others.
kernel_resolve() {
	local pattern short

	K_NAME=$1
	read -r K_ARCH K_SUITES pattern < <(kernel_row "$1") ||
		die "no kernel $1 in $VM_DIR/kernels"
	apt_private "$K_SUITES" "$K_ARCH"
	K_CONFIG=()
	if [[ $pattern == config:* ]]; then
		kernel_resolve_own "${pattern#config:}"
		return
	fi
	K_RELEASE=$(apt-cache pkgnames linux-image- |
		sed -nE "s/^linux-image-($pattern)\$/\\1/p" | sort -V | tail -n 1)
	[ -n "$K_RELEASE" ] || die "no package of $K_SUITES is a kernel $1"
	short=$(cut -d. -f1,2 <<<"$K_RELEASE")
	K_LABEL=${K_NAME/#newest/$short}
	K_DIR=$FIM_CACHE/kernels/${K_RELEASE}_$(apt-cache show \
		--no-all-versions "linux-image-$K_RELEASE" |
		sed -n 's/^Version: //p')
}

# kernel_resolve_own SETTINGS: one that own.sh builds.
kernel_resolve_own() {
	local name version

	K_CONFIG=("$VM_DIR/config/base")
	for name in ${1//+/ }; do
		K_CONFIG+=("$VM_DIR/config/$name")
	done
	version=$(apt-cache show --no-all-versions linux-source-6.1 |
		sed -n 's/^Version: //p')
	K_SOURCE=linux-source-6.1_$version
	K_RELEASE=${version%-*}-$K_NAME
	K_LABEL=$K_NAME
	K_DIR=$FIM_CACHE/kernels/${K_RELEASE}_${version}_$(
		cat "${K_CONFIG[@]}" | sha256sum | cut -c -12)
}

# kernel_find NAME-OR-LABEL: the row's name. "7.3" finds "newest" while the
# newest is a 7.3.
kernel_find() {
	local name

	if [ -n "$(kernel_row "$1")" ]; then
		printf '%s\n' "$1"
		return
	fi
	for name in $(kernel_names all | grep '^newest'); do
		# in a subshell: the search leaves no K_* behind
		(kernel_resolve "$name" && [ "$K_LABEL" = "$1" ]) || continue
		printf '%s\n' "$name"
		return
	done
	die "no kernel $1 in $VM_DIR/kernels"
}

# kernel_unpack DIR DEB...: the kernel, and the modules that a virtual machine
# may want, whichever of the layouts the packages have.
kernel_unpack() {
	local dir=$1 deb skip
	local leave=()
	shift

	for skip in "${KERNEL_LEAVE_OUT[@]}"; do
		leave+=("--exclude=*/kernel/$skip")
	done
	mkdir -p "$dir/lib"
	for deb in "$@"; do
		dpkg-deb --fsys-tarfile "$deb" |
			tar -x -C "$dir" "${leave[@]}" --exclude=./usr/share
	done
	[ ! -d "$dir/usr/lib/modules" ] || mv "$dir/usr/lib/modules" "$dir/lib/"
	mv "$dir"/boot/vmlinu[xz]-* "$dir/vmlinuz" 2>/dev/null ||
		cp "$dir"/lib/modules/*/vmlinuz "$dir/vmlinuz"
	depmod -b "$dir" "$K_RELEASE"
}

kernel_fetch_locked() {
	local packages tmp=$K_DIR.part

	[ ! -d "$K_DIR" ] || return 0
	rm -rf "$tmp"
	read -ra packages < <(kernel_packages "linux-image-$K_RELEASE")
	say "downloading Linux $K_RELEASE"
	apt_fetch "$tmp/debs" "${packages[@]}"
	kernel_unpack "$tmp" "$tmp"/debs/*.deb
	rm -rf "$tmp/debs"
	mv "$tmp" "$K_DIR"
}

# kernel_fetch: K_DIR has vmlinuz and lib/modules.
kernel_fetch() {
	[ ! -d "$K_DIR" ] || return 0
	if [ ${#K_CONFIG[@]} -gt 0 ]; then
		"$VM_DIR/own.sh" "$K_NAME"
	else
		locked "kernel-$K_RELEASE" kernel_fetch_locked
	fi
}

# kernel_source: the directory that has the kernel's test harness
# (tools/testing/selftests) and checkpatch (scripts), out of Debian's package of
# the kernel's source.
kernel_source() {
	local dir=$FIM_CACHE/linux-source

	[ -d "$dir" ] || locked linux-source kernel_source_fetch "$dir"
	printf '%s\n' "$dir"
}

# In a subshell, for APT_CONFIG to stay with it.
kernel_source_fetch() (
	dir=$1 tmp=$1.part

	[ ! -d "$dir" ] || exit 0
	apt_private bookworm,bookworm-security "$HOST_ARCH"
	rm -rf "$tmp"
	mkdir -p "$tmp"
	say "downloading the kernel's test harness (140 MB, once)"
	apt_fetch "$tmp/debs" linux-source-6.1
	dpkg-deb --fsys-tarfile "$tmp"/debs/*.deb |
		tar -xO --wildcards './usr/src/*.tar.xz' |
		tar -xJ -C "$tmp" --strip-components=1 --wildcards \
			'*/tools/testing/selftests/kselftest*.h' \
			'linux-source-*/scripts/checkpatch.pl' \
			'linux-source-*/scripts/spelling.txt' \
			'linux-source-*/scripts/const_structs.checkpatch'
	rm -rf "$tmp/debs"
	mv "$tmp" "$dir"
)
