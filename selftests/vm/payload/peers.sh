# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
#
# Measures system calls with what else keeps files from being changed, or records
# it, in the place of the module; each is told of /mnt/FILESYSTEM/protected, and
# what is measured is elsewhere on the same filesystem.
#
#   none       nothing of all that
#   fim        the module with a policy
#   landlock   the process may change files below a/ only
#   apparmor   the process runs under a profile that denies writes to protected/
#   bpf        a BPF program that does nothing in each of the hooks that these
#              calls go through: less than any tool that stands on BPF-LSM
#   audit      a watch on changes in protected/
#   fanotify   a process that is asked about each open, and allows it
#
# Prints "WHO FILESYSTEM OPERATION INSTRUCTIONS" as data.
. /vm/lib-guest.sh

fs='ext4 tmpfs'

# measure WHO [COMMAND...]: %FS in the command stands for the filesystem.
measure() {
	who=$1
	shift
	sleep 3
	for f in $fs; do
		# shellcheck disable=SC2046 # a command
		$(echo "$*" | sed "s|%FS|$f|g") /vm/bench run /mnt/$f/a/b/c \
			9>&- >/tmp/results || fail "$who on $f"
		check "$who on $f" grep -q rename /tmp/results
		sed "s/^/data $who $f /" /tmp/results >&9
	done
}

# in_force COMMAND...: what it runs may change files in a/, and not in protected/.
in_force() {
	for f in $fs; do
		with=$(echo "$*" | sed "s|%FS|$f|g")
		check "$2 allows" $with /usr/bin/touch /mnt/$f/a/b/new
		check_not "$2 denies" $with /usr/bin/touch /mnt/$f/protected/new
	done
}

# stay WHO COMMAND...: measures while the command runs.
stay() {
	name=$1
	shift
	"$@" >/tmp/ready 9>&- &
	until grep -q ready /tmp/ready; do
		kill -0 $! || break
		sleep 0.1
	done
	check "$name is in force" kill -0 $!
	measure "$name"
	kill $!
	wait
}

for f in $fs; do
	mkdir -p /mnt/$f/protected /mnt/$f/a/b/c
done
sleep 10
measure none

check 'load' insmod /fim.ko
policy peers /mnt/ext4/protected /mnt/tmpfs/protected >/tmp/policy.yaml
check 'apply' fimctl apply -f /tmp/policy.yaml
measure fim
check 'delete' fimctl delete peers
check 'unload' rmmod fim

in_force /vm/peers landlock /mnt/%FS/a
measure landlock /vm/peers landlock /mnt/%FS/a

mkdir -p /sys/kernel/security
mount -t securityfs securityfs /sys/kernel/security
check 'load the profile' sh -c \
	'cat /vm/peers.aa >/sys/kernel/security/apparmor/.load'
in_force /vm/peers apparmor bench
measure apparmor /vm/peers apparmor bench

stay bpf /vm/peers bpf file_open inode_create inode_unlink inode_rename

# one at a time: it is asked about one filesystem
both=$fs
for fs in $both; do
	stay fanotify /vm/peers fanotify /mnt/$fs
done
fs=$both

# Last: what has run before it keeps what it had.
for f in $fs; do
	check "audit $f" /vm/peers audit /mnt/$f/protected
done
measure audit
exit 0
