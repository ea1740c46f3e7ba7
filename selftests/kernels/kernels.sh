#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
#
# kernels.sh - builds the module for every kernel of the table, boots each, runs
# the tests in it, and prints what came of it ("make check-kernels").
#
#   kernels.sh [--from-logs] [--docs] [KERNEL[:BACKEND]]...
#
#   --from-logs  run nothing: what is in build/log is the last run
#   --docs       write docs/kernels.md from the rows of build/kernels
#
# The tests hold the catalogue of attacks, but for what takes a system that boots
# (payload/debian.sh) and, where there is ftrace, for load and unload (life.sh). A
# kernel's row is kept as build/kernels/KERNEL.tsv. The last line is the sum: "N passed, N failed", in
# which a payload that did not run has failed.
set -euo pipefail
cd "$(dirname "$0")/../.."
. selftests/vm/lib.sh
. selftests/vm/apt.sh
. selftests/vm/kernel.sh
. selftests/vm/arch.sh

here=selftests/kernels
out=$FIM_BUILD/kernels
run=1 docs='' rows=()
for arg; do
	case $arg in
	--from-logs) run='' ;;
	--docs) docs=1 ;;
	-*) die "kernels.sh: no option $arg" ;;
	?*) rows+=("$arg") ;;
	esac
done

# All but the debug kernel, which has a target of its own; and where there is a
# choice of backends, the other one once for each architecture.
default_rows() {
	kernel_names all | grep -vx debug
	printf '%s\n' 6.1:kprobe 6.12-arm64:kprobe
}

build_programs() {
	local harness
	harness=$(kernel_source)/tools/testing/selftests

	selftests/vm/deps.sh
	mkdir -p "$FIM_BUILD/selftests"
	quietly "$FIM_BUILD/log/tool.log" make -s -C ctl CFLAGS='-O2 -g -Werror'
	quietly "$FIM_BUILD/log/tests.log" make -s -C selftests \
		O="$FIM_BUILD/selftests" CFLAGS='-O2 -g -Werror' \
		KSELFTEST_INC="$harness"
	selftests/vm/vmtools.sh
}

# as PAYLOAD [BACKEND]: what its run is called
as() {
	echo "$1${2:+-$2}"
}

# wanted [BACKEND]: the one that a row is about: what is asked for, or what the
# kernel has.
wanted() {
	local config=" ${K_CONFIG[*]} "

	if [ -n "$1" ]; then
		echo "$1"
	elif [ ${#K_CONFIG[@]} -gt 0 ] && [[ $config != */config/ftrace\ * ]]; then
		echo kprobe
	else
		echo ftrace
	fi
}

# payloads [BACKEND]: those that make a row. The payloads but the programs' own
# load the module without a parameter, so a row that asks for a backend is without
# them. Where there are kprobes only, no other module redirects functions, and
# "make check" is no run of the last two.
payloads() {
	echo selftests
	[ -z "$1" ] || return 0
	printf '%s\n' umount tool language
	if [ "$(wanted '')" = ftrace ]; then
		echo rival
	else
		printf '%s\n' backend life
	fi
}

# run_row [BACKEND]
run_row() {
	local append='fim.cycles=50' payload

	[ -z "$1" ] || append+=" fim.module=backend=$1"
	# whatever fails here, an earlier run is not this one's row
	for payload in $(payloads "$1"); do
		rm -f "$FIM_BUILD/log/$K_LABEL-$(as "$payload" "$1").results"
	done
	selftests/vm/build.sh "$K_NAME" || return 0
	arch_build "$K_ARCH" "$(kernel_source)/tools/testing/selftests" || return 0
	for payload in $(payloads "$1"); do
		selftests/vm/run.sh --timeout 3000 --as "$(as "$payload" "$1")" \
			--append "$append" "$K_NAME" "$payload" || :
	done
}

# results [BACKEND]: the files of a row that there are
results() {
	local payload file

	for payload in $(payloads "$1"); do
		file=$FIM_BUILD/log/$K_LABEL-$(as "$payload" "$1").results
		[ ! -s "$file" ] || echo "$file"
	done
}

[ ${#rows[@]} -gt 0 ] || mapfile -t rows < <(default_rows)
[ -z "$run" ] || build_programs
mkdir -p "$out"
files=() missing=0
for row in "${rows[@]}"; do
	IFS=: read -r name backend <<<"$row"
	# an archive may have a suite no more; the others are run all the same
	if ! (kernel_resolve "$(kernel_find "$name")"); then
		missing=$((missing + 1))
		continue
	fi
	kernel_resolve "$(kernel_find "$name")"
	[ -z "$run" ] || run_row "$backend"
	file=$out/$K_LABEL${backend:+-$backend}.tsv
	mapfile -t results < <(results "$backend")
	date=''
	[ ${#results[@]} -eq 0 ] || date=$(date -r "${results[0]}" +%F)
	awk -f $here/row.awk -v label="$K_LABEL" -v release="$K_RELEASE" \
		-v arch="$K_ARCH" -v wanted="$(wanted "$backend")" -v date="$date" \
		-v payloads="$(payloads "$backend" | tr '\n' ' ')" \
		"${results[@]:-/dev/null}" >"$file"
	awk -f $here/table.awk -v format=text "$file" >&2
	files+=("$file")
done

if [ -n "$docs" ]; then
	mapfile -t all < <(ls -v "$out"/*.tsv)
	{
		cat $here/introduction.md
		awk -f $here/table.awk -v format=markdown "${all[@]}"
	} >docs/kernels.md
	say "docs/kernels.md: ${#all[@]} rows"
fi
awk -F '\t' -v f="$missing" '$1 == "row" { p += $6; f += $7 } $1 == "unrun" { f++ }
	END { printf "%d passed, %d failed\n", p, f; exit f > 0 }' "${files[@]}" </dev/null
