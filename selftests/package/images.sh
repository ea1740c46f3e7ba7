#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
#
# images.sh - what the Buildroot package and the Yocto recipes do, as far as that can
# be seen without these systems: the commands of both for the tool are run, by make
# and a shell, with this machine's compiler in place of theirs. Those for the module
# are not, nor has Buildroot or BitBake read any of it here.
set -euo pipefail
cd "$(dirname "$0")/../.."
. selftests/vm/lib.sh
. selftests/package/root.sh

work=$(mktemp -d "${TMPDIR:-/tmp}/fim-images.XXXXXX")
trap 'rm -rf "$work"' EXIT
version=$(cat VERSION)
buildroot=packaging/buildroot/package/fim
yocto=packaging/yocto

mkdir "$work/tree" "$work/policies"
git ls-files -co --exclude-standard | while read -r file; do
	[ ! -f "$file" ] || printf '%s\n' "$file"
done | xargs -d '\n' cp --parents -t "$work/tree"
cp policies/web-roots.yaml "$work/policies/"

# What was built in a work tree, for another machine: none of it is any good.
stale=(fim.ko fim.mod fim.mod.c Module.symvers modules.order kmod/main.o kmod/.main.o.cmd
       kmod/compat/probed.h ctl/fimctl ctl/.flags ctl/.main.d ctl/main.o ctl/libfimctl.a
       ctl/syscall_names.h build/6.1/fim.ko selftests/ctl/build/feed)

of_this_version() {
	grep -qx "FIM_VERSION = $version" $buildroot/fim.mk &&
		[ -e "$yocto/fim-module_$version.bb" ] && [ -e "$yocto/fimctl_$version.bb" ]
}

licence_is_known() {
	grep -q "$(sha256sum <LICENSE | cut -d' ' -f1)  LICENSE" $buildroot/fim.hash &&
		grep -q "md5=$(md5sum <LICENSE | cut -d' ' -f1)" $yocto/fim.inc
}

# buildroot VARIABLE: its commands, with what Buildroot defines.
buildroot() {
	cat >"$work/Makefile" <<-EOF
	qstrip = \$(strip \$(subst ",,\$(1)))
	KCONFIG_ENABLE_OPT = echo \$(1)=y
	INSTALL := install
	TARGET_DIR := $work/target
	BR2_EXTERNAL_FIM_PATH := $PWD/packaging/buildroot
	BR2_PACKAGE_FIM_POLICIES := "$work/policies"
	TARGET_CFLAGS := -O2
	TARGET_CONFIGURE_OPTS := CC=gcc AR=gcc-ar PKG_CONFIG=pkg-config
	include $PWD/$buildroot/fim.mk
	FIM_EXCLUSIONS = @printf '%s\n' \$(FIM_OVERRIDE_SRCDIR_RSYNC_EXCLUSIONS)
	all: D := $work/src
	all: ; \$($1)
	.DEFAULT_GOAL := all
	EOF
	# \$(@D) is the target's directory
	sed 's/\$(@D)/$(D)/g' $buildroot/fim.mk >"$work/fim.mk"
	sed -i "s|^include.*|include $work/fim.mk|" "$work/Makefile"
	make -s -f "$work/Makefile" all
}

# The sources, as Buildroot copies them.
copy_sources() {
	local file options=()

	for file in "${stale[@]}"; do
		mkdir -p "$(dirname "$work/tree/$file")"
		echo stale >"$work/tree/$file"
	done
	mapfile -t options < <(buildroot FIM_EXCLUSIONS)
	rsync -au "${options[@]}" "$work/tree/" "$work/src"
	for file in "${stale[@]}"; do
		[ ! -e "$work/src/$file" ] || { echo "$file is taken along"; return 1; }
	done
	diff <(git ls-files -co --exclude-standard | while read -r file; do
		[ ! -f "$file" ] || printf './%s\n' "$file"
	done | sort) <(cd "$work/src" && find . ! -type d | sort)
}

has() {
	local dir=$1 file
	shift

	for file in "$@" /usr/sbin/fimctl /usr/lib/fim/init /etc/fim/fim.conf \
		/usr/share/fim/policies/web-roots.yaml; do
		[ -e "$dir$file" ] || { echo "no $file"; return 1; }
	done
}

# The settings that Kbuild insists on are switched on.
settings() {
	local found

	found=$(buildroot FIM_LINUX_CONFIG_FIXUPS)
	# shellcheck disable=SC2013 # words
	for name in $(sed -n 's/^ifndef CONFIG_/CONFIG_/p' Kbuild | sort -u); do
		grep -qx "$name=y" <<<"$found" || { echo "not $name"; return 1; }
	done
}

# Where the recipes find the sources, before Yocto 5.1 and after, and without any.
yocto_sources() {
	python3 - "$yocto/fim.inc" <<-'EOF'
	import re, sys

	text = open(sys.argv[1]).read()

	class Data(dict):
	    getVar = dict.get

	def value(name, **d):
	    line = re.search(rf'^{name} = "(.*)"$', text, re.M).group(1)
	    return re.sub(r'\$\{@(.*?)\}', lambda m: eval(m.group(1), {'d': Data(d)}), line)

	assert value('S', WORKDIR='/w') == '/w/fim'
	assert value('S', WORKDIR='/w', UNPACKDIR='/w/sources') == '/w/sources/fim'
	assert value('SRC_URI', FIM_URI='') == ''
	assert value('SRC_URI', FIM_URI='git://x') == 'git://x;destsuffix=fim'
	EOF
}

# yocto FUNCTION FEATURES: of the tool's recipe.
yocto() {
	local body

	body=$(sed -n "/^$1() {/,/^}/p" "$yocto/fimctl_$version.bb" |
		sed 's/${@bb.utils.contains(.DISTRO_FEATURES., .sysvinit., .true., .false., d)}/'"$2/")
	(
		D=$work/image prefix=/usr sbindir=/usr/sbin mandir=/usr/share/man
		sysconfdir=/etc systemd_system_unitdir=/usr/lib/systemd/system
		oe_runmake() { make -s "$@"; }
		cd "$work/src"
		set -eu
		eval "$body"
		"$1"
	)
}

result 'they are of this version' of_this_version
result 'and know the licence' licence_is_known
result 'Buildroot: the sources, without what was built in them' copy_sources
result 'Buildroot: build' buildroot FIM_BUILD_CMDS
result 'Buildroot: install' buildroot FIM_INSTALL_TARGET_CMDS
result 'Buildroot: install the init script' buildroot FIM_INSTALL_INIT_SYSV
result 'Buildroot: and that of OpenRC' buildroot FIM_INSTALL_INIT_OPENRC
result 'Buildroot: all is there' has "$work/target" /etc/init.d/S01fim /etc/runlevels/boot/fim \
	/etc/fim/policies.d/web-roots.yaml
result 'Buildroot: what the kernel needs' settings
result 'Yocto: where the sources are' yocto_sources
result 'Yocto: compile' yocto do_compile false
result 'Yocto: install' yocto do_install true
result 'Yocto: all is there' has "$work/image" /etc/init.d/fim /etc/fim/policies.d
finish
