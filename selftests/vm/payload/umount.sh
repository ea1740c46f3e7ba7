# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
#
# A filesystem that holds marks is unmounted: that must work, be recorded, and
# leave a rule that waits.
. /vm/lib-guest.sh

protect() {
	mkdir -p /mnt/ext4/tree/sub
	: >/mnt/ext4/tree/sub/file
	policy umount /mnt/ext4/tree >/tmp/umount.yaml
	fimctl apply -f /tmp/umount.yaml
}

is() {
	[ "$(status_of "$1")" = "$2" ] || {
		fimctl status
		false
	}
}

remove() {
	rm -f /mnt/ext4/tree/sub/file
}

recorded() {
	# the listener ends by itself: there is nothing to wait for
	timeout 5 fimctl watch --since 1 -o json >/tmp/records
	cat /tmp/records
	grep -q /mnt/ext4/tree/ /tmp/records
}

check 'load' insmod /fim.ko
check 'apply' protect
check_not 'a change is refused' remove
check 'one rule, none waits' is waiting 0
check 'the filesystem can be unmounted' umount /mnt/ext4
check 'its rule waits' is waiting 1
check 'no mark is left on it' is marks 0
check 'it is recorded' recorded
check 'the filesystem can be mounted again' mount -t ext4 /dev/vdb /mnt/ext4
check 'apply again' protect
check 'no rule waits' is waiting 0
check_not 'a change is refused again' remove
umount -l /mnt/ext4
sleep 1
check 'its rule waits after a lazy unmount' is waiting 1
check 'delete' fimctl delete umount
check 'unload' rmmod fim
exit 0
