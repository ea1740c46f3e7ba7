# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
#
# kmemleak, on a kernel that has it: nothing that the module has allocated is
# lost, neither while it is loaded nor when it is gone. A kernel that finds its
# own leaks says so in its log, which fails the run.
. /vm/lib-guest.sh

leaks=/sys/kernel/debug/kmemleak

scan() {
	# what was just freed, or is in a register, looks lost at first
	sleep 6
	echo scan >$leaks
	sleep 6
	echo scan >$leaks
	cat $leaks
	! grep -q . $leaks
}

use() {
	policy leak /mnt/ext4/leak /mnt/tmpfs/leak /mnt/not/yet >/tmp/leak.yaml
	fimctl apply -f /tmp/leak.yaml || return
	rm /mnt/ext4/leak/file 2>/dev/null
	mkdir -p /mnt/not/yet && rmdir /mnt/not/yet /mnt/not 2>/dev/null
	fimctl get >/dev/null && fimctl explain /mnt/ext4/leak/file >/dev/null &&
		fimctl selftest && fimctl delete leak
}

use_often() {
	i=0
	while [ $i -lt 30 ]; do
		use || return
		i=$((i + 1))
	done
}

if [ ! -e $leaks ]; then
	skip 'kmemleak # SKIP this kernel has none'
	exit 0
fi
mkdir -p /mnt/ext4/leak /mnt/tmpfs/leak
touch /mnt/ext4/leak/file
echo clear >$leaks
check 'the module loads' insmod /fim.ko
check 'it is used' use_often
check 'nothing is lost while it is loaded' scan
check 'unload' rmmod fim
check 'nothing is lost when it is gone' scan
exit 0
