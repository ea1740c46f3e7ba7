#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
#
# check.sh - builds, checks and tests module and tool ("make check"). What installing
# the packages does, all other kernels and the debug kernel have targets of their own.
#
#   check.sh [KERNEL]...
#
# Without KERNEL: on those of the table with a "+", and a chosen few programs on
# some others.
#
# The last line is the sum over all of it: "N passed, N failed, N skipped".
set -euo pipefail
cd "$(dirname "$0")/../.."
. selftests/vm/lib.sh
. selftests/vm/apt.sh
. selftests/vm/kernel.sh
. selftests/vm/arch.sh

logs=$FIM_BUILD/log
counts=$(mktemp)
trap 'rm -f "$counts"' EXIT
mkdir -p "$logs"

count() {
	echo "$1 $2 $3" >>"$counts"
}

# step NAME COMMAND...: one check of its own; its output is shown if it fails.
step() {
	local name=$1 log start=$SECONDS
	shift

	log=$logs/$(tr -c 'a-z0-9.\n' - <<<"$name").log
	if "$@" >"$log" 2>&1; then
		count 1 0 0
		printf '%sok%s      %s (%s s)\n' "$C_GREEN" "$C_OFF" "$name" \
			$((SECONDS - start)) >&2
	else
		count 0 1 0
		tail -n 60 "$log" >&2
		printf '%sFAILED%s  %s (%s)\n' "$C_RED" "$C_OFF" "$name" \
			"$log" >&2
		return 1
	fi
}

# tap NAME COMMAND...: a check that reports (K)TAP, one result a line.
tap() {
	local name=$1 log status=0 passed failed skipped
	shift

	log=$logs/$(tr -c 'a-z0-9.\n' - <<<"$name").log
	"$@" >"$log" 2>&1 || status=$?
	skipped=$(grep -ciE '^ok .*# *skip' "$log" || :)
	passed=$(($(grep -c '^ok ' "$log" || :) - skipped))
	failed=$(grep -c '^not ok ' "$log" || :)
	if [ "$failed" -eq 0 ] && { [ "$status" -ne 0 ] || [ "$passed" -eq 0 ]; }; then
		failed=1
	fi
	count "$passed" "$failed" "$skipped"
	if [ "$failed" -gt 0 ]; then
		{ grep -aE '^# .*\.c:[0-9]+:|^not ok|^#   [^ ]' "$log" ||
			tail -n 60 "$log"; } >&2
		printf '%sFAILED%s  %s: %s passed, %s failed (%s)\n' "$C_RED" \
			"$C_OFF" "$name" "$passed" "$failed" "$log" >&2
		return 1
	fi
	printf '%sok%s      %s: %s passed\n' "$C_GREEN" "$C_OFF" "$name" \
		"$passed" >&2
}

# vm KERNEL PAYLOAD [OPTION]...: a run in a virtual machine, which counts itself
# unless it is killed.
vm() {
	local kernel=$1 payload=$2
	shift 2
	selftests/vm/run.sh -c "$counts" --timeout 900 "$@" "$kernel" \
		"$payload" || [ $? -eq 1 ] || count 0 1 0
}

build_tool() {
	make -C ctl clean && make -C ctl CFLAGS='-O2 -g -Werror'
}

build_tests() {
	rm -rf "$FIM_BUILD/selftests"
	mkdir -p "$FIM_BUILD/selftests"
	make -C selftests O="$FIM_BUILD/selftests" CFLAGS='-O2 -g -Werror' \
		KSELFTEST_INC="$harness"
	selftests/vm/vmtools.sh
}

finish() {
	local result
	result=$(awk '{ p += $1; f += $2; s += $3 }
		END { printf "%d passed, %d failed", p, f
			if (s) printf ", %d skipped", s }' "$counts")
	printf '%s\n' "$result"
	[[ $result == *' 0 failed'* ]] || exit 1
}

# prepare KERNEL: its module, and programs
prepare() {
	kernel_resolve "$1"
	say "Linux $K_RELEASE"
	if [[ " $HOST_ARCH ${archs[*]} " != *" $K_ARCH "* ]]; then
		step "the tool and the test programs for $K_ARCH" \
			arch_build "$K_ARCH" "$harness" || return
		archs+=("$K_ARCH")
	fi
	step "$K_LABEL: the module builds without a warning (W=1, sparse)" \
		selftests/vm/build.sh --strict "$1" || return
	tap "$K_LABEL: the built module" \
		selftests/checks/ko.sh "$FIM_BUILD/$K_LABEL/fim.ko" || :
}

# whole KERNEL CYCLES: everything on a kernel. What the cycles are about differs
# little between kernels.
whole() {
	kernel_resolve "$1"
	[ "$1" != "${kernels[0]}" ] || tap 'the harness finds failures' \
		selftests/vm/harness.sh "$1" || :
	vm "$1" selftests --timeout 1800
	for payload in umount rival tool language keep backend alerts seal init; do
		vm "$1" "$payload"
	done
	[ "$K_ARCH" != "$HOST_ARCH" ] || vm "$1" debian --timeout 1800
	[ "$K_ARCH" != "$HOST_ARCH" ] || vm "$1" containers \
		--append "fim.containers=$2"
	[ "$K_ARCH" != "$HOST_ARCH" ] || vm "$1" pods --mem 1536
	vm "$1" life --timeout 1800 --append "fim.cycles=$2"
	step "$K_LABEL: every case of the catalogue" \
		selftests/attacks/attacks.sh --from-logs --full "$1" || :
}

# some LOG KERNEL TEXT: a chosen few programs on a kernel that is not run
# in full, or with another backend.
some() {
	vm "$2" selftests --as "$1" --append \
		"fim.tests=rule,guard,opens,who,control,record,account $3"
}

# others: another architecture, real time, another backend
others() {
	if selftests/vm/build.sh 6.12-arm64 &&
		{ [[ " ${archs[*]} " == *' arm64 '* ]] || arch_build arm64 "$harness"; }; then
		some some 6.12-arm64 ''
	else
		count 0 1 0
	fi
	if selftests/vm/build.sh 6.1-rt; then
		some some 6.1-rt ''
	else
		count 0 1 0
	fi
	some some-kprobe "${kernels[0]}" fim.module=backend=kprobe
}

# rest: what the first kernel leaves. Who names kernels wants these only.
rest() {
	local kernel

	step 'a minute of any bytes as a policy finds no fault' \
		make -s -C selftests/ctl fuzz || :
	tap 'receivers of alerts and metrics' selftests/ctl/receivers.sh \
		selftests/ctl/build/feed || :
	tap 'the Debian packages, twice the same' \
		selftests/package/deb.sh bookworm || :
	tap 'dkms by itself' selftests/package/dkms.sh bookworm || :
	[ -n "$programs" ] || return 0
	for kernel in "${ready[@]:1}"; do
		whole "$kernel" 50
	done
	[ -n "$named" ] || others
}

say 'preparing'
selftests/vm/deps.sh
kernels=() named=''
for kernel in "${@:-}"; do
	[ -n "$kernel" ] || continue
	name=$(kernel_find "$kernel")
	kernels+=("$name") named=1
done
[ ${#kernels[@]} -gt 0 ] || mapfile -t kernels < <(kernel_names)
harness=$(kernel_source)/tools/testing/selftests

say 'building'
programs=1
step 'the tool builds without a warning' build_tool || programs=
step 'the test programs build without a warning' build_tests || programs=
tap 'unit tests of the tool' make -s -C selftests/ctl check \
	KSELFTEST_INC="$harness" || :
tap 'the Buildroot package and the Yocto recipes' selftests/package/images.sh || :
tap 'Kbuild says which kernels it refuses' selftests/checks/kbuild.sh || :
tap 'the check of the module can fail' selftests/checks/ko.sh --self-test || :

# archs: those that programs were built for, besides this machine's
ready=() archs=()
for kernel in "${kernels[@]}"; do
	! prepare "$kernel" || ready+=("$kernel")
done
# Two machines at a time: each waits about as long as it works.
say 'virtual machines'
lines=()
if [ -n "$programs" ] && [ ${#ready[@]} -gt 0 ]; then
	whole "${ready[0]}" 200 &
	lines+=($!)
fi
rest &
lines+=($!)
for line in "${lines[@]}"; do
	wait "$line" || count 0 1 0
done
finish
