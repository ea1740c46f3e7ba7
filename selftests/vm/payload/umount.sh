# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
#
# A filesystem that holds marks is unmounted: refused by a Block rule; let
# through by an Audit rule, and then it must work, be recorded, leave a rule
# that waits, and take hold again by itself when it is mounted again.
. /vm/lib-guest.sh

protect() {
	policy umount /mnt/ext4/tree | sed "s/action: Block/action: $1/" \
		>/tmp/umount.yaml
	fimctl apply -f /tmp/umount.yaml
}

touch_file() {
	true >>/mnt/ext4/tree/sub/file
}

recorded() {
	# the listener ends by itself: there is nothing to wait for
	timeout 5 fimctl watch --since 1 -o json >/tmp/records
	cat /tmp/records
	grep -q "$1.*/mnt/ext4/tree/" /tmp/records
}

mkdir -p /mnt/ext4/tree/sub
touch /mnt/ext4/tree/sub/file
check 'load' insmod /fim.ko
check 'apply' protect Block
check_not 'a change is refused' touch_file
check 'one rule, none waits' is waiting 0
check_not 'the filesystem is unmounted' umount /mnt/ext4
check_not 'it is unmounted lazily' umount -l /mnt/ext4
check 'it is still there' touch /mnt/ext4/other
check 'apply as Audit' protect Audit
check 'the filesystem can be unmounted' umount /mnt/ext4
sleep 1
check 'its rule waits' is waiting 1
check 'it is recorded' recorded RuleUnarmed
check 'the filesystem can be mounted again' mount -t ext4 /dev/vdb /mnt/ext4
check 'its rule has taken hold by itself' is waiting 0
check 'that is recorded, too' recorded RuleArmed
check 'apply as Block' protect Block
check_not 'a change is refused again' touch_file
check 'apply as Audit again' protect Audit
check 'a lazy unmount' umount -l /mnt/ext4
sleep 1
check 'its rule waits after a lazy unmount' is waiting 1
check 'the filesystem is mounted once more' mount -t ext4 /dev/vdb /mnt/ext4

# Files that were open for writing before the rule, more than there is of
# anything else, are closed, and their filesystem goes.
check 'delete' fimctl delete umount
sleepers=
i=0
while [ $i -lt 100 ]; do
	sleep 1000 9>&- >>/mnt/ext4/tree/sub/open$i &
	sleepers="$sleepers $!"
	i=$((i + 1))
done
check 'apply as Audit, with files open for writing' protect Audit
# shellcheck disable=SC2086 # one word each
kill $sleepers
wait
check 'their filesystem can be unmounted' umount /mnt/ext4
sleep 1
check 'the module still answers' is waiting 1
check 'the filesystem is mounted at last' mount -t ext4 /dev/vdb /mnt/ext4
check 'apply as Block at last' protect Block
check_not 'the root is not detached' umount -l /
check 'delete at last' fimctl delete umount
check 'unload' rmmod fim

# A container is known, no policy holds, and the module is unloaded; then the
# filesystem of its root ends, of which nothing is held any more.
mkdir -p /sys/fs/cgroup /run/root
mount -t cgroup2 none /sys/fs/cgroup 2>/dev/null
mount -t tmpfs tmpfs /run/root
cp /usr/bin/busybox /run/root
if mkdir /sys/fs/cgroup/gone 2>/dev/null &&
	[ -e /sys/fs/cgroup/gone/cgroup.procs ]; then
	check 'load again' insmod /fim.ko
	chroot /run/root /busybox sleep 1000 9>&- &
	echo $! >/sys/fs/cgroup/gone/cgroup.procs
	sleep 1
	check 'a container' fimctl container add --pid $! --id gone
	kill $!
	wait
	check 'unload with a container' rmmod fim
	check 'the filesystem of its root is unmounted' umount /run/root
	check 'its cgroup is removed' rmdir /sys/fs/cgroup/gone
else
	skip 'a container # SKIP no cgroup v2 here'
fi
exit 0
