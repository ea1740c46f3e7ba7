# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
#
# Machines without systemd: busybox's S01fim, OpenRC's script, and fim-init, which
# is process 1 before init; on a root that is read-only, as appliances have it.
. /vm/lib-guest.sh

# option TEXT: what the kernel's command line says from now on.
option() {
	cat /proc/cmdline >/run/cmdline
	sed -i "s/\$/ $1/" /run/cmdline
	mount --bind /run/cmdline /proc/cmdline
}

release=$(uname -r)
mkdir -p "/lib/modules/$release" /srv/web /srv/early /etc/fim/early.d
cp /fim.ko "/lib/modules/$release/"
depmod
policy web /srv/web >/etc/fim/policies.d/web.yaml
policy early /srv/early >/etc/fim/early.d/early.yaml
mount -o remount,ro / || exit 1
check_not 'the root is read-only' touch /srv/file

# in_force NAME...: these policies, and no other.
in_force() {
	[ "$(fimctl get | sed -n '2,$s/ .*//p' | sort | tr '\n' ' ')" = "${*:+$* }" ]
}

loaded() {
	[ -d /sys/module/fim ]
}

forget() {
	fimctl delete "$@" && rmmod fim
}

# What OpenRC gives a script; this is not OpenRC.
openrc() {
	(
		ebegin() { echo "$*"; }
		ewarn() { echo "$*"; }
		eend() { return "$1"; }
		. /vm/fim
		"$1"
	)
}

# what fimctl takes for no policy's file
mount -o remount,rw /
for dir in /etc/fim/policies.d /etc/fim/early.d; do
	mkdir $dir/aside
	mv $dir/*.yaml $dir/aside/
	touch $dir/README $dir/web.yaml.dpkg-old $dir/.hidden.yaml
done
check 'nothing to do: S01fim start' sh /vm/S01fim start
check 'nothing to do: OpenRC start' openrc start
FIM_INIT=/bin/true sh /vm/fim-init
check_not 'nothing to do: nothing is loaded' loaded
for dir in /etc/fim/policies.d /etc/fim/early.d; do
	rm $dir/README $dir/web.yaml.dpkg-old $dir/.hidden.yaml
	mv $dir/aside/*.yaml $dir/
	rmdir $dir/aside
done
mount -o remount,ro /

check 'S01fim start' sh /vm/S01fim start
check 'the policy is in force' in_force web
check 'S01fim stop' sh /vm/S01fim stop
check 'takes nothing away' in_force web
check 'S01fim reload' sh /vm/S01fim reload
check 'the root is made writable' mount -o remount,rw /
check_not 'but not what is protected' touch /srv/web/file
check 'its twin is' touch /srv/early/file
rm /srv/early/file
echo 'kind: [' >/etc/fim/policies.d/00-broken.yaml
mount -o remount,ro /
sh /vm/S01fim restart
check 'a broken file shows' [ $? -eq 4 ]
check 'and disarms nothing' in_force web
forget web

check_not 'OpenRC: start with a broken file says so' openrc start
check 'the others are in force' in_force web
mount -o remount,rw /
rm /etc/fim/policies.d/00-broken.yaml
mount -o remount,ro /
check 'OpenRC: reload' openrc reload
check 'OpenRC: stop' openrc stop
check 'takes nothing away' in_force web
forget web
check 'OpenRC: start' openrc start
check 'the policy is in force' in_force web
forget web

# before anybody has told the kernel the host's name
mount -o remount,rw /
sed -i 's/hostname: .*/hostname: fim/' /etc/fim/policies.d/web.yaml
policy early /srv/early >/etc/fim/policies.d/early.yaml
echo 'seal = yes' >/etc/fim/fim.conf
mv /etc/hostname /run/hostname
hostname '(none)'
mount -o remount,ro /
sh /vm/S01fim start
check 'no name yet: a policy that goes by it is missed' [ $? -eq 4 ]
check 'no name yet: the others are in force' in_force early
check 'no name yet: nothing is sealed' sh -c 'fimctl status | grep -q "state *armed"'
forget early
mount -o remount,rw /
rm /etc/fim/fim.conf /etc/fim/policies.d/early.yaml
cp /run/hostname /etc/hostname
mount -o remount,ro /
check 'a name in /etc/hostname: S01fim start' sh /vm/S01fim start
check 'the policy that goes by it is in force' in_force web
forget web
hostname fim
mount -o remount,rw /
policy web /srv/web >/etc/fim/policies.d/web.yaml
mount -o remount,ro /

# what it becomes writes to a file of /run what it is called with
printf '#!/bin/sh\necho "$0 $* ${FIM_INIT:-unset}" >/run/became\n' >/run/init
chmod 755 /run/init
FIM_INIT=/run/init sh /vm/fim-init one two
check 'fim-init becomes init' grep -qx '/run/init one two unset' /run/became
check 'with the early policy in force' in_force early
forget early
rm /run/became
mv /run/init /run/init2
FIM_INIT=/run/init2 PATH=/nowhere /bin/sh /vm/fim-init
check 'whatever PATH is' grep -q init2 /run/became
check 'the policy is in force' in_force early
forget early

# as it is without an initramfs and without DEVTMPFS_MOUNT
mount -t tmpfs none /dev
FIM_INIT=/run/init2 sh /vm/fim-init <&- >&- 2>&-
check 'with an empty /dev and no standard streams, too' in_force early
check 'what fails is told' [ -c /dev/kmsg ]
umount /dev
umount /dev
forget early

mount -o remount,rw /
rm -f /sbin/init
cp /run/init2 /sbin/init
mount -o remount,ro /
rm /run/became
FIM_INIT=/nowhere sh /vm/fim-init
check 'an init that is not there: it becomes another' \
	grep -q /sbin/init /run/became
check 'the policy is in force' in_force early
forget early

option fim=off
check 'fim=off: S01fim start' sh /vm/S01fim start
check 'fim=off: OpenRC start' openrc start
rm /run/became
FIM_INIT=/run/init2 sh /vm/fim-init
check 'fim=off: fim-init becomes init' grep -q init2 /run/became
check_not 'nothing is loaded' loaded
mount -o remount,rw /
echo 'seal = no' >/etc/fim/fim.conf
check 'nor with seal = no' sh /vm/S01fim start
check_not 'nothing is loaded' loaded

# not_heeded WHAT: fim=off, by none of the three, while fim.conf is WHAT. It is
# broken then, and nothing is sealed.
not_heeded() {
	FIM_INIT=/run/init2 sh /vm/fim-init
	check "$1: fim=off is not heeded by fim-init" in_force early
	forget early
	sh /vm/S01fim start
	check "$1: S01fim says that something is broken" [ $? -eq 4 ]
	check "$1: and does not heed it" in_force web
	forget web
	check_not "$1: OpenRC says so" openrc start
	check "$1: and does not heed it" in_force web
	check_not "$1: seal --configured says so" fimctl seal --configured
	check "$1: nothing is sealed" sh -c 'fimctl status | grep -q "state *armed"'
	forget web
}

for text in 'seal = true' 'seal = Yes' 'seal = yes  # policy 7' 'seal: yes' 'sael = no'; do
	echo "$text" >/etc/fim/fim.conf
	not_heeded "$text"
done
ln -sf /nowhere/fim.conf /etc/fim/fim.conf
not_heeded 'a link to nothing'
rm /etc/fim/fim.conf
mkdir /etc/fim/fim.conf
not_heeded 'a directory'
rmdir /etc/fim/fim.conf
echo 'seal = yes' >/etc/fim/fim.conf
mount -o remount,ro /
FIM_INIT=/run/init2 sh /vm/fim-init
check 'fim=off is not heeded if seal is set' in_force early
forget early
mount -o remount,rw /
echo 'kind: [' >/etc/fim/policies.d/00-broken.yaml
mount -o remount,ro /
check_not 'OpenRC does not heed it, and says what is broken' openrc start
check 'the others are in force' in_force web
check 'and it is not sealed' sh -c 'fimctl status | grep -q "state *armed"'
forget web
mount -o remount,rw /
rm /etc/fim/policies.d/00-broken.yaml
mount -o remount,ro /
mkdir /run/bin
mount --bind /run/bin "/lib/modules/$release"
rm /run/became
FIM_INIT=/run/init2 sh /vm/fim-init
check 'without the module it becomes init all the same' grep -q init2 /run/became
unprotected="no module in Linux $release: nothing is protected"
check 'which the kernel log has' sh -c "dmesg | grep 'fimctl: $unprotected'"
sh /vm/S01fim start >/run/said 2>&1
check 'so does S01fim' [ $? -eq 3 ]
check 'and says it' grep "$unprotected" /run/said
check_not 'so does OpenRC' openrc start

# for as long as the machine is up
umount "/lib/modules/$release"
check 'S01fim does not heed fim=off' sh /vm/S01fim start
check 'the policy is in force' in_force web
check_not 'sealed' fimctl delete web
check 'status says so' sh -c 'fimctl status | grep -q "state *sealed"'
exit 0
