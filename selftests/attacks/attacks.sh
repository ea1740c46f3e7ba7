#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
#
# attacks.sh - runs the catalogue of attacks and prints what came of each case
# ("make attacks").
#
#   attacks.sh [--from-logs [--full]] [--docs] [KERNEL]...
#
#   --from-logs  run nothing: what is in build/log is the last run
#   --full       that was one with all payloads ("make check" has just written it):
#                one without results is no part that was left out
#   --docs       write docs/attacks.md from the tables of build/attacks; without
#                KERNEL, that of a kernel without ftrace is one if it has logs
#
# Every result is a line of build/attacks/KERNEL.txt; see table.awk. Fails if a
# case failed, or has no result although the catalogue does not say why.
set -euo pipefail
cd "$(dirname "$0")/../.."
. selftests/vm/lib.sh
. selftests/vm/apt.sh
. selftests/vm/kernel.sh
. selftests/vm/arch.sh

here=selftests/attacks
out=$FIM_BUILD/attacks
logs=$FIM_BUILD/log
run=1 full='' docs='' kernels=()
for arg; do
	case $arg in
	--from-logs) run='' ;;
	--full) full=1 ;;
	--docs) docs=1 ;;
	-*) die "attacks.sh: no option $arg" ;;
	?*) kernels+=("$arg") ;;
	esac
done
# Those of "make check", and of "make check-kernels" the one without ftrace.
default_kernels() {
	kernel_names
	[ -z "$docs" ] || [ ! -s "$logs/noftrace-selftests.log" ] || echo noftrace
}

[ ${#kernels[@]} -gt 0 ] || mapfile -t kernels < <(default_kernels)

# One log for a part of "make check", as that names them.
unit_tests() {
	make -s -C selftests/ctl check \
		KSELFTEST_INC="$(kernel_source)/tools/testing/selftests" \
		>"$logs/unit-tests-of-the-tool.log" 2>&1
}

build() {
	selftests/vm/deps.sh
	mkdir -p "$FIM_BUILD/selftests" "$logs"
	make -s -C ctl
	make -s -C selftests O="$FIM_BUILD/selftests" \
		KSELFTEST_INC="$(kernel_source)/tools/testing/selftests"
	selftests/vm/vmtools.sh
}

run_tests() {
	local payload

	selftests/vm/build.sh "$1" || return
	arch_build "$K_ARCH" "$(kernel_source)/tools/testing/selftests" || return
	selftests/vm/run.sh --timeout 1800 "$1" selftests || :
	for payload in umount rival tool language; do
		selftests/vm/run.sh "$1" "$payload" || :
	done
	[ "$K_ARCH" != "$HOST_ARCH" ] ||
		selftests/vm/run.sh --timeout 400 "$1" debian || :
	selftests/vm/run.sh --timeout 1500 --append fim.cycles=20 "$1" life || :
}

# Its logs, the payloads' before the programs'
logs_of() {
	local name

	for name in "$1"-{umount,rival,tool,language,debian,life}.results; do
		[ ! -s "$logs/$name" ] || echo "$logs/$name"
	done
	[ ! -s "$logs/unit-tests-of-the-tool.log" ] ||
		echo "$logs/unit-tests-of-the-tool.log"
	echo "$logs/$1-selftests.log"
}

table() {
	local files=() left=all column=$1

	if [ -n "$run$full" ]; then
		left=''
		[ "$K_ARCH" = "$HOST_ARCH" ] || left=debian
	fi
	mapfile -t files < <(logs_of "$1")
	[ -s "$logs/$1-selftests.log" ] || die "no log of a run on $1"
	mkdir -p "$out"
	! grep -qsx 'fact backend kprobe' "$logs/$1-selftests.results" ||
		column+=' (kprobe)'
	awk -f $here/table.awk -v kernel="$column" -v left="$left" $here/catalogue \
		$here/tests "${files[@]}" >"$out/$1.txt"
}

write_docs() {
	local tables=()

	mapfile -t tables < <(ls -v "$out"/*.txt)
	{
		cat $here/introduction.md
		awk -f $here/summary.awk -v format=markdown $here/catalogue \
			"${tables[@]}"
	} >docs/attacks.md
	say "docs/attacks.md: ${tables[*]##*/}"
}

status=0
if [ -n "$run" ]; then
	build
	unit_tests || :
fi
for kernel in "${kernels[@]}"; do
	kernel_resolve "$(kernel_find "$kernel")"
	[ -z "$run" ] || run_tests "$kernel"
	table "$K_LABEL" || status=1
	awk -f $here/summary.awk -v format=text $here/catalogue \
		"$out/$K_LABEL.txt"
	awk -F '\t' '$9 == "FAILED" || $9 == "VANISHED" {
		print "not ok " $1 " " $3 " " $4 " " $5 ": wanted " $7 ", got " $8 ": " $9
	}' "$out/$K_LABEL.txt"
done
[ -z "$docs" ] || write_docs
exit $status
