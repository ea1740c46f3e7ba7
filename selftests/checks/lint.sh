#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
#
# lint.sh - style and spelling: checkpatch over the C sources, shellcheck over
# the scripts, codespell over everything, and what the house asks for: an SPDX
# line in each file, at most 600 lines. What clang-format would do otherwise is
# counted, not judged: it knows nothing of tables.
set -euo pipefail
cd "$(dirname "$0")/../.."
. selftests/vm/lib.sh
. selftests/vm/apt.sh
. selftests/vm/kernel.sh

selftests/vm/deps.sh --lint
status=0

# files PATTERN...: of the project, tracked or about to be.
files() {
	git ls-files -co --exclude-standard -- "$@" | while read -r file; do
		[ ! -f "$file" ] || printf '%s\n' "$file"
	done
}

complain() {
	status=1
	printf '%s%s%s\n' "$C_RED" "$1" "$C_OFF" >&2
}

# patch_check IGNORE FILE...
patch_check() {
	local ignore=$1
	shift

	perl "$checkpatch" --no-tree --strict --terse --no-summary \
		--color=never --max-line-length=100 --ignore "$ignore" \
		-f "$@" || complain "checkpatch"
}

mapfile -t c_files < <(files '*.c' '*.h')
mapfile -t shell_files < <(
	{ files '*.sh'; files | xargs -r grep -lE '^#!.*sh$' --; } | sort -u)
mapfile -t all_files < <(files)

say "checkpatch --strict: ${#c_files[@]} files"
checkpatch=$(kernel_source)/scripts/checkpatch.pl
mapfile -t some < <(files 'kmod/*.[ch]' ':!kmod/compat')
patch_check SPLIT_STRING "${some[@]}"
# one name for what kernels call differently, down to an argument more or less
mapfile -t some < <(files 'kmod/compat/*.[ch]')
patch_check NEW_TYPEDEFS,COMPLEX_MACRO,SPACING "${some[@]}"
# in the protocol's header a *_MAX follows its enum without a blank line
patch_check LINE_SPACING uapi/fim.h
# in programs a flag that a signal sets is volatile
programs=SPLIT_STRING,VOLATILE,PREFER_DEFINED_ATTRIBUTE_MACRO,MACRO_ARG_REUSE
# cJSON's names, which checkpatch takes for a multiplication, and types of C
mapfile -t some < <(files 'ctl/*.[ch]' 'selftests/ctl/*.[ch]')
patch_check "$programs,CAMELCASE,PREFER_KERNEL_TYPES,COMPLEX_MACRO,SPACING,ENOSYS,STRING_FRAGMENTS,REPEATED_WORD,PARENTHESIS_ALIGNMENT" \
	"${some[@]}"
# the harness' macros are blocks; helpers return an errno
mapfile -t some < <(files 'selftests/*.[ch]' ':!selftests/ctl')
patch_check "$programs,BRACES,SPACING,MACRO_WITH_FLOW_CONTROL,ENOSYS,USE_NEGATIVE_ERRNO" \
	"${some[@]}"

say "shellcheck: ${#shell_files[@]} files"
# 1091, 2154, 2034: what is sourced is checked by itself, sets variables and
# uses them; 2317: "check NAME FUNCTION" calls the function
shellcheck -S warning -e SC1091,SC2154,SC2034,SC2317 "${shell_files[@]}" || complain 'shellcheck'

# words that are meant: a kernel function, and what tests misspell
say "codespell: ${#all_files[@]} files"
codespell -L iput,nd,flie "${all_files[@]}" || complain 'codespell'

say 'SPDX lines and lengths'
for file in "${c_files[@]}" "${shell_files[@]}"; do
	head -n 3 "$file" | grep -q SPDX-License-Identifier ||
		complain "$file: no SPDX line"
	# the protocol is one, with its description
	[ "$file" = uapi/fim.h ] || [ "$(wc -l <"$file")" -le 600 ] ||
		complain "$file: over 600 lines"
done

differ=0
for file in "${c_files[@]}"; do
	clang-format --dry-run -Werror "$file" >/dev/null 2>&1 ||
		differ=$((differ + 1))
done
say "clang-format would change $differ of ${#c_files[@]} files"
exit $status
