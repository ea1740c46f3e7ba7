#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
#
# libcjson.sh - builds libcjson.a out of Debian's source package of cJSON, for a
# static fimctl: Debian has no package with it. Prints where it is.
#
#   make tool STATIC=1 CJSON_LIBS="$(packaging/libcjson.sh [SUITE])"
#
# SUITE is this machine's if not given. CC and CROSS_COMPILE are as for make.
set -euo pipefail
cd "$(dirname "$0")/.."
. selftests/vm/lib.sh
. selftests/vm/apt.sh

suite=${1:-$(. /etc/os-release && echo "$VERSION_CODENAME")}
read -ra cc <<<"${CC:-${CROSS_COMPILE:-}gcc}"
out=$FIM_BUILD/cjson-$("${cc[@]}" -dumpmachine)

if [ ! -e "$out/libcjson.a" ]; then
	apt_write_config "$out/apt" "$suite" "$HOST_ARCH"
	sed -i 's/^deb /deb-src /' "$out/apt/sources.list"
	export APT_CONFIG=$out/apt/apt.conf
	quietly "$FIM_BUILD/log/cjson-apt.log" apt-get update
	(cd "$out" && quietly "$FIM_BUILD/log/cjson-source.log" apt-get source cjson)
	"${cc[@]}" -Os -g -ffunction-sections -c -o "$out/cJSON.o" "$out"/cjson-*/cJSON.c
	"${CROSS_COMPILE:-}ar" rcs "$out/libcjson.a" "$out/cJSON.o"
fi
printf '%s\n' "$out/libcjson.a"
