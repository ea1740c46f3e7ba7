#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
#
# run.sh - boots a kernel of the table, runs a payload in it and judges the run.
#
#   run.sh [OPTION]... KERNEL PAYLOAD
#
#   -v             show the console as it comes
#   -o FILE        write the payload's "data" lines to FILE
#   -c FILE        append "PASSED FAILED SKIPPED" to FILE: a run that dies before
#                  it is judged has failed. Exit status 0 or 1: that was done
#   --smp N        number of CPUs (2)
#   --mem MIB      memory (1024)
#   --timeout S    longest the machine may take (180)
#   --icount       count instructions: one CPU whose clock is the count
#   --disk FILE    the disk of a payload "# machine: package"
#   --initrd FILE  an initramfs of its own
#   --append TEXT  more for the kernel's command line
#   --as NAME      what the run is called in the names of its logs (PAYLOAD)
#
# fim.ko (build.sh), fimctl and the test programs are those in the build
# directory. Everything a run writes is in a directory of its own; the log of
# the console is kept as build/log/KERNEL-PAYLOAD.log, and results and facts,
# one a line, as build/log/KERNEL-PAYLOAD.results.
set -euo pipefail
. "$(dirname "$0")/lib.sh"
. "$VM_DIR/apt.sh"
. "$VM_DIR/arch.sh"
. "$VM_DIR/kernel.sh"
. "$VM_DIR/qemu.sh"
. "$VM_DIR/image.sh"
. "$VM_DIR/receivers.sh"
. "$VM_DIR/debian.sh"
. "$VM_DIR/package.sh"

verbose='' data=/dev/null counts=/dev/null smp=2 mem=1024 timeout=180 icount='' append='' as='' disk='' initrd=''
RUN_DIR='' qemu_pid='' judged='' results=/dev/null
# Whatever ends it before it is judged, a run is not one that never was.
cleanup() {
	local status=$?

	set +e
	[ -z "$qemu_pid" ] || kill "$qemu_pid" 2>/dev/null
	[ -z "$RUN_DIR" ] || rm -rf "$RUN_DIR"
	[ -z "$judged" ] || exit "$status"
	warn "${name:-run.sh}: died before it was judged"
	printf 'fail the run: died before it was judged\n' >>"$results"
	printf '0 1 0\n' >>"$counts" || exit 2
	exit 1
}
trap cleanup EXIT
trap 'exit 130' INT TERM
while [ $# -gt 2 ]; do
	case $1 in
	-v) verbose=1; shift ;;
	-o) data=$2; shift 2 ;;
	-c) counts=$2; shift 2 ;;
	--smp) smp=$2; shift 2 ;;
	--mem) mem=$2; shift 2 ;;
	--timeout) timeout=$2; shift 2 ;;
	--icount) icount=1 smp=1; shift ;;
	--disk) disk=$2; shift 2 ;;
	--initrd) initrd=$2; shift 2 ;;
	--append) append=$2; shift 2 ;;
	--as) as=$2; shift 2 ;;
	*) die "run.sh: no option $1" ;;
	esac
done
[ $# -eq 2 ] || die "usage: run.sh [OPTION]... KERNEL PAYLOAD"
payload=$VM_DIR/payload/$2.sh
[ -f "$payload" ] || die "no payload $2"
# which machine a payload wants, it says in a comment
machine=$(sed -n 's/^# machine: //p' "$payload")
as=${as:-$2}
name=$1/$as
kernel=$(kernel_find "$1")
kernel_resolve "$kernel"
name=$K_LABEL/$as
log=$FIM_BUILD/log/$K_LABEL-$as.log
results=$FIM_BUILD/log/$K_LABEL-$as.results
mkdir -p "$FIM_BUILD/log"
# what an earlier run has left is not this one's
rm -f "$log"
printf 'payload %s\n' "$as" >"$results"
kernel_fetch
qemu_use "$K_ARCH"
arch_use "$K_ARCH"
RUN_DIR=$(mktemp -d "${TMPDIR:-/tmp}/fim-vm.XXXXXX")
console=$RUN_DIR/console

passed=0 failed=0 skipped=0 end='' is_up='' status=0

# Seconds until a machine has said its first word, also one that is slow
UP_MAX=400

boot() {
	local drive='if=virtio,format=raw,cache=unsafe'
	local root="file=$RUN_DIR/root.img,$drive"
	local args=("${QEMU[@]}" -smp "$smp" -m "$mem"
		-nodefaults -display none -no-reboot -serial "$1")
	local cmdline="console=$CONSOLE quiet panic=-1 oops=panic log_buf_len=4M $append"

	if [ -n "$icount" ]; then
		args+=(-accel "tcg,thread=single" -icount "shift=0,sleep=off")
		cmdline+=' mitigations=off'
	else
		# the clock source watchdog blames the TSC for what is the
		# host's doing
		[ "$K_ARCH" != amd64 ] || cmdline+=' tsc=unstable'
	fi
	[ -z "$disk" ] || root="file=$disk,snapshot=on,$drive"
	args+=(-kernel "$K_DIR/vmlinuz" -initrd "$initrd"
		-append "$cmdline"
		-drive "$root" -drive "file=$RUN_DIR/ext4.img,$drive"
		-drive "file=$RUN_DIR/nvme.img,if=none,id=nvme,format=raw,cache=unsafe"
		-device "nvme,drive=nvme,serial=fim"
		-device virtio-serial
		-chardev "file,id=result,path=$RUN_DIR/port"
		-device "virtserialport,chardev=result,name=fim.result")
	exec timeout --foreground -k 5 "$timeout" "${args[@]}"
}

# Reads the port until the machine goes away, or has not come up in time.
listen() {
	local line text patience=(-t "$UP_MAX")

	while IFS= read -r "${patience[@]}" line; do
		is_up=1 patience=()
		text=${line#* }
		case $line in
		pass\ * | fail\ * | skip\ * | fact\ *) printf '%s\n' "$line" >>"$results" ;;
		esac
		case $line in
		'say '*) printf '  %s: %s\n' "$name" "$text" >&2 ;;
		'show '*) printf '%s\n' "$text" ;;
		'pass '*) passed=$((passed + 1)) ;;
		'skip '*) skipped=$((skipped + 1)) ;;
		'fail '*)
			failed=$((failed + 1))
			printf '%s  %s: failed: %s%s\n' "$C_RED" "$name" \
				"$text" "$C_OFF" >&2
			;;
		'data '*) printf '%s\n' "$text" >>"$data" ;;
		'end '*) end=$text ;;
		esac
	done
}

# Boots the machine and hears it out.
run() {
	: >"$console"
	# 8: a machine that does not start has ended its port all the same
	if [ -n "$verbose" ]; then
		boot mon:stdio </dev/null > >(tee "$console") 8>"$RUN_DIR/port" &
	else
		boot "file:$console" </dev/null >"$RUN_DIR/qemu.out" 2>&1 \
			8>"$RUN_DIR/port" &
	fi
	qemu_pid=$!
	listen <"$RUN_DIR/port"
	[ -n "$is_up" ] || kill "$qemu_pid" 2>/dev/null || :
	status=0
	wait "$qemu_pid" || status=$?
	qemu_pid=
}

# What the log says about it: failed assertions, or how it ended.
explain() {
	if [ "$end" = ok ]; then
		grep -aE '^# [a-z_]+\.c:[0-9]+:|^not ok|^FAILED' "$log" | tail -n 100
	else
		tail -n 80 "$log"
	fi
}

judge() {
	case $end in
	ok) ;;
	fail*) warn "$name: ${end#fail }" ;;
	*) end=$([ "$1" = 124 ] && echo "hangs: no end after $timeout s" ||
		echo 'the machine went away: panic?')
		warn "$name: $end" ;;
	esac
	[ "$end" = ok ] || {
		failed=$((failed + 1))
		printf 'fail the run: %s\n' "${end#fail }" >>"$results"
	}
	[ $((passed + failed)) -gt 0 ] || failed=1
	printf '%s %s %s\n' "$passed" "$failed" "$skipped" >>"$counts" &&
		judged=1
	printf '  %s: %s passed, %s failed, %s skipped in %s s\n' "$name" \
		"$passed" "$failed" "$skipped" "$SECONDS" >&2
	[ "$failed" -eq 0 ] && return
	[ -n "$verbose" ] || explain >&2
	warn "the console's log: $log"
	return 1
}

: >"$data"
if [ -z "$initrd" ]; then
	initrd=$RUN_DIR/initramfs
	image_initramfs "$initrd"
fi
if [ "$machine" = package ]; then
	[ -n "$disk" ] || die "$2 takes --disk"
	package_disk "$RUN_DIR/ext4.img" "$payload"
elif [ -n "$machine" ]; then
	debian_use "$machine"
	debian_disk "$RUN_DIR/ext4.img" "$payload"
	disk=$DEBIAN_DISK
else
	image_root "$RUN_DIR/root.img" "$payload"
	truncate -s 512M "$RUN_DIR/ext4.img"
	mkfs.ext4 -q -F "$RUN_DIR/ext4.img"
fi
truncate -s 16M "$RUN_DIR/nvme.img"
mkfifo "$RUN_DIR/port"
run
# While this machine has too much to do, an emulated CPU may lose its timer and
# hang long before anything of ours runs. What is ours would hang again.
if [ -z "$is_up" ] && [ "$status" -ne 0 ]; then
	warn "$name did not come up; once more"
	run
fi
cp "$console" "$log"
[ ! -s "$RUN_DIR/qemu.out" ] || cat "$RUN_DIR/qemu.out" >>"$log"
judge "$status" || exit 1
