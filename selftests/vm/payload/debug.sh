# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
#
# kmemleak, on a kernel that has it: nothing that the module has allocated is
# lost, neither while it is loaded nor when it is gone, nor when allocations fail
# while it is being loaded or unloaded.
. /vm/lib-guest.sh

scan() {
	leaks >/tmp/leaks
	cat /tmp/leaks
	[ ! -s /tmp/leaks ]
}

# Refusals, a name that is waited for, a file that is open for writing
use() {
	exec 8>>/mnt/ext4/leak/file
	policy leak /mnt/ext4/leak /mnt/tmpfs/leak /mnt/not/yet >/tmp/leak.yaml
	fimctl apply -f /tmp/leak.yaml || return
	exec 8>&-
	rm /mnt/ext4/leak/file 2>/dev/null && return 1
	mkdir -p /mnt/not/yet || return
	rmdir /mnt/not/yet 2>/dev/null && return 1
	fimctl get >/dev/null && fimctl explain /mnt/ext4/leak/file >/dev/null &&
		fimctl selftest && fimctl delete leak &&
		rmdir /mnt/not/yet /mnt/not
}

use_often() {
	i=0
	while [ $i -lt 10 ]; do
		use || return
		i=$((i + 1))
	done
}

# Nothing else in this machine is traced or probed.
hooks_are_left() {
	grep . /sys/kernel/tracing/enabled_functions /sys/kernel/debug/kprobes/list
}

if [ ! -e $leaks ]; then
	skip 'kmemleak # SKIP this kernel has none'
	exit 0
fi
mkdir -p /mnt/ext4/leak /mnt/tmpfs/leak
touch /mnt/ext4/leak/file
check 'the module loads' insmod /fim.ko
check 'it is used' use_often
check 'nothing is lost while it is loaded' scan
check 'unload' rmmod fim
check 'nothing is lost when it is gone' scan
for backend in ftrace kprobe; do
	check "loaded and unloaded while allocations fail: $backend" \
		/vm/loadfail fim /fim.ko "backend=$backend"
	check_not "no hook is left behind: $backend" hooks_are_left
	check "nothing is lost: $backend" scan
done
check 'the module loads once more' insmod /fim.ko
check 'it is used once more' use
check 'unload once more' rmmod fim
exit 0
