#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
#
# deb.sh - "make deb" in a Debian of a suite: the packages are built, lintian has
# nothing to say that is not argued, and the same sources make the same bytes.
# They are left in build/deb-SUITE.
#
#   deb.sh [SUITE]...
set -euo pipefail
cd "$(dirname "$0")/../.."
. selftests/vm/lib.sh
. selftests/vm/apt.sh
. selftests/package/root.sh

copy=$(mktemp -d "${TMPDIR:-/tmp}/fim-deb-check.XXXXXX")
cleanup() {
	root_end
	rm -rf "$copy"
}
trap cleanup EXIT

lintian_is_content() {
	cp "$FIM_BUILD/deb-$suite"/* "$ROOT/tmp/" &&
		in_root sh -c 'lintian --allow-root --fail-on error,warning \
			/tmp/*.changes'
}

# The documents' links lead to files; the licence is where Debian has it.
links_lead_somewhere() {
	local dir=$ROOT/tmp/fimctl file link

	dpkg-deb -x "$FIM_BUILD/deb-$suite"/fimctl_*.deb "$dir" || return
	cmp README.md "$dir/usr/share/doc/fimctl/README.md" || return
	while IFS=: read -r file link; do
		link=${link#](}
		link=${link%%[)#]*}
		case $link in '' | *://* | LICENSE) continue ;; esac
		[ -f "${file%/*}/$link" ] || { echo "${file##*/}: no $link"; return 1; }
	done < <(grep -roE '\]\([^)]*\)' "$dir/usr/share/doc/fimctl" --include='*.md')
}

# The same sources, by another name, of another time, with another umask.
other_tree() {
	git ls-files -co --exclude-standard | while read -r file; do
		[ ! -f "$file" ] || printf '%s\n' "$file"
	done | xargs -d '\n' cp --parents -t "$copy"
	find "$copy" -exec touch -d 2001-01-01 {} +
}

# build_again DIR: those packages, from the copy, in another zone and locale, and one
# command after the other.
build_again() {
	(
		umask 027
		export FIM_TREE=$copy FIM_DEB_ENV="LC_ALL=POSIX LANGUAGE=de TZ=FIM-14"
		FIM_DEB_ENV+=" DEB_BUILD_OPTIONS=parallel=1"
		packaging/deb.sh -o "$1" "$suite"
	)
}

# same DIR: the packages there are those that were built first.
same() {
	local deb

	for deb in "$FIM_BUILD/deb-$suite"/*.deb; do
		cmp "$deb" "$1/${deb##*/}" || return 1
	done
}

differ() {
	! same "$1"
}

for suite in "${@:-bookworm}"; do
	rm -rf "$copy"
	mkdir "$copy"
	result "$suite: make deb" packaging/deb.sh -o "$FIM_BUILD/deb-$suite" "$suite"
	root_use "$suite"
	result "$suite: lintian" lintian_is_content
	result "$suite: links in the documents lead to files" links_lead_somewhere
	root_end
	other_tree
	result "$suite: built again, elsewhere" build_again "$copy/build/again"
	result "$suite: byte for byte the same" same "$copy/build/again"
	# or the comparison would be worth nothing
	printf '\n' >>"$copy/policies/fim.yaml"
	printf '\n/* */\n' >>"$copy/kmod/main.c"
	result "$suite: built of other sources" build_again "$copy/build/other"
	result "$suite: they differ" differ "$copy/build/other"
done
finish
