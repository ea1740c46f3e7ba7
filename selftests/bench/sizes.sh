#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
#
# sizes.sh - what FIM takes of an image and of memory ("make sizes"): the module's
# code and data, the tool linked dynamically and statically, and memory for each
# rule and record, measured in a virtual machine.
#
#   sizes.sh [KERNEL]
set -euo pipefail
cd "$(dirname "$0")/../.."
. selftests/vm/lib.sh
. selftests/vm/apt.sh
. selftests/vm/kernel.sh

kernel=${1:-6.1}
work=$(mktemp -d "${TMPDIR:-/tmp}/fim-sizes.XXXXXX")
trap 'rm -rf "$work"' EXIT

# sections FILE: text and data, in bytes.
sections() {
	size "$1" | awk 'END { print $1, $2 + $3 }'
}

# tool DIR ARGUMENT...: built in a copy, as a package builds it; stripped.
tool() {
	local dir=$1
	shift

	mkdir -p "$dir"
	cp -r ctl kmod VERSION uapi "$dir/"
	make -s -C "$dir/ctl" clean
	quietly "$FIM_BUILD/log/sizes-tool.log" make -s -C "$dir/ctl" "$@"
	strip "$dir/ctl/fimctl"
	echo "$(sections "$dir/ctl/fimctl") $(stat -c %s "$dir/ctl/fimctl")"
}

# value NAME: what the machine measured
value() {
	sed -n "s/^$1 //p" "$work/data"
}

selftests/vm/build.sh "$kernel"
selftests/vm/vmtools.sh
kernel_resolve "$(kernel_find "$kernel")"
code=$(size -A "$FIM_BUILD/$K_LABEL/fim.ko" |
	awk '/^\.text|^\.init\.text|^\.exit\.text/ { sum += $2 } END { print sum }')
read -r dynamic_text dynamic_data dynamic < <(tool "$work/dynamic")
lib=$(packaging/libcjson.sh)
read -r static_text static_data static < <(tool "$work/static" STATIC=1 CJSON_LIBS="$lib")
[ -x ctl/fimctl ] || make -s -C ctl
selftests/vm/run.sh --timeout 400 -o "$work/data" "$K_NAME" sizes >&2
cat <<EOF
| | bytes |
|---|---|
| fim.ko for $K_RELEASE, code | $code |
| the module as it is loaded, code and data, in whole pages | $(value module) |
| fimctl, text / data / file without symbols | $dynamic_text / $dynamic_data / $dynamic |
| the same, static, with glibc | $static_text / $static_data / $static |
| memory for a rule about a directory, the directory's inode included, the policy's text not | $(value rule) |
| memory for a record in the ring | $(value record) |
EOF
