#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# gen-syscalls.sh - write the table of system call names out of the headers of
# the kernel that the compiler has
#
# x86 has headers of its own for its two tables, which compilers for other
# machines do not have; there, no x86 program runs either. arm64 uses the
# generic table. Since 424 a number is the same everywhere, so calls that are
# newer than the headers are known here: DESIGN's newest kernel has them.

set -eu

CC=${CC:-cc}

newer='452 fchmodat2
453 map_shadow_stack
454 futex_wake
455 futex_wait
456 futex_requeue
457 statmount
458 listmount
459 lsm_get_self_attr
460 lsm_set_self_attr
461 lsm_list_modules
462 mseal
463 setxattrat
464 getxattrat
465 listxattrat
466 removexattrat
467 open_tree_attr
468 file_getattr
469 file_setattr'

# table ARRAY HEADER [FLAG...]: the names in the order of their numbers, each with
# its NUL, an empty one where there is no call
table()
{
	array=$1 header=$2
	shift 2
	macros=$(echo "#include <$header>" | $CC "$@" -E -dM -x c -)
	echo
	echo "static const char ${array}[] ="
	{
		echo "$macros"
		echo "$newer" | sed 's/\(.*\) \(.*\)/#define __NR_\2 \1/'
	} | awk '
		$1 != "#define" || $2 !~ /^__NR/ { next }
		{ value[$2] = $3 }
		END {
			for (macro in value) {
				name = macro
				if (!sub(/^__NR_/, "", name))
					continue
				number = value[macro]
				if (number in value)
					number = value[number]
				if (number !~ /^[0-9]+$/ || name == "syscalls" ||
				    name == "arch_specific_syscall")
					continue
				print number, name
			}
		}' | sort -n -u -k 1,1 |
		awk '{
			for (; next_number < $1; next_number++)
				print "\t\"\\0\""
			print "\t\"" $2 "\\0\""
			next_number++
		}'
	echo "	\"\";"
}

echo "/* SPDX-License-Identifier: GPL-2.0 */"
echo "/* made by gen-syscalls.sh */"

case $($CC -dumpmachine) in
x86_64*|i?86*)
	echo "#define HAVE_X86_NAMES"
	table names_x86_64 asm/unistd_64.h
	table names_i386 asm/unistd_32.h
	;;
esac

# What arch/arm64 asks of the generic table.
table names_arm64 asm-generic/unistd.h -D__BITS_PER_LONG=64 \
	-D__ARCH_WANT_RENAMEAT -D__ARCH_WANT_NEW_STAT \
	-D__ARCH_WANT_SET_GET_RLIMIT -D__ARCH_WANT_TIME32_SYSCALLS \
	-D__ARCH_WANT_SYS_CLONE3 -D__ARCH_WANT_MEMFD_SECRET
