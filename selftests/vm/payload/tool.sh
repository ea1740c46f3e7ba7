# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
#
# What the tool finds when it applies a policy: files with names elsewhere,
# filesystems mounted in the tree. Each is refused a change by the way that is
# not the policy's, and said to be.
. /vm/lib-guest.sh

dir=/mnt/ext4/tool
out=/tmp/out

apply() {
	policy tool $dir/tree | sed "s/action: Block/action: ${1:-Block}/" \
		>/tmp/tool.yaml
	shift
	fimctl apply -f /tmp/tool.yaml "$@" >$out 2>&1
	status=$?
	cat $out
	return $status
}

said() {
	grep -qF -- "$1" $out || { cat $out; false; }
}

mkdir -p $dir/tree/sub $dir/tree/disk $dir/tree/proc $dir/outside
for name in one two inside tree/sub/file tree/over; do
	echo content >$dir/$name
done
ln $dir/one $dir/tree/one
ln $dir/two $dir/tree/sub/two
ln $dir/two $dir/outside/two
ln $dir/inside $dir/tree/inside
ln $dir/inside $dir/tree/sub/inside
rm $dir/inside
mount -t tmpfs tmpfs $dir/tree/disk
mkdir -p $dir/tree/disk/deep/er
echo content >$dir/tree/disk/deep/er/file
mount -t proc proc $dir/tree/proc
echo content >/tmp/over
mount --bind /tmp/over $dir/tree/over

check 'load' insmod /fim.ko
check 'apply without a search' apply Block --no-scan
check 'one rule' is rules 1
check 'a name outside is open then' write_to $dir/one
check 'a mount, too' write_to $dir/tree/disk/deep/er/file

check 'apply' apply Block
check 'a name outside is named' said \
	"warning: $dir/tree/one has 1 name outside of what is protected; it is protected by that name too"
check 'so are two' said 'two has 2 names outside'
check_not 'a file that is inside by all its names is not' said inside
check 'it is summed up' said \
	'tool: protects 2 mounts and 2 files with other names, too'
check 'a rule for each' is rules 5
check 'none of them waits' is waiting 0
check 'get shows the one of the text' sh -c \
	'[ "$(fimctl get -o yaml | grep -c "dir:")" = 1 ]'
for name in one two outside/two tree/one tree/disk/deep/er/file tree/over \
	tree/sub/inside; do
	check_not "writing to $name" write_to $dir/$name
done
check_not 'chmod by a name outside' chmod 600 $dir/one
check_not 'creating a file in the mount' touch $dir/tree/disk/new
check_not 'unmounting it' umount $dir/tree/disk
check_not 'writing to what is mounted over a file, by its other name' \
	write_to /tmp/over
check 'procfs is none of it' sh -c "echo 0 >$dir/tree/proc/self/oom_score_adj"
check 'other files are none of it' touch $dir/outside/new

check 'apply again' apply Block
check 'a rule for each, still' is rules 5
check_not 'writing by the name outside' write_to $dir/two
check 'apply without a search' apply Block --no-scan
check 'what was found stays' is rules 5
check_not 'writing by the name outside' write_to $dir/two

check 'apply as Audit' apply Audit
check 'writing by the name outside passes' write_to $dir/two
check 'unmounting passes' umount $dir/tree/disk
check 'removing the name outside passes' rm $dir/one
check 'apply as Block' apply Block
check 'what is no more has no rule' is rules 3
check_not 'writing by the name outside' write_to $dir/two

# Descriptors from before, of this shell and its child; a loop device.
fimctl delete tool
sh -c 'exec 7>>$1; exec 8<$1; exec sleep 100' sh $dir/tree/held &
holder=$!
exec 6>>$dir/tree/own 5</dev/null
truncate -s 1M $dir/tree/image
loop=$(losetup -f)
losetup "$loop" $dir/tree/image
sleep 1
check 'apply' apply Block
check 'a descriptor of a process is named' said \
	"warning: $dir/tree/held is open for writing by sleep (pid $holder, fd 7)"
check_not 'one for reading is not' said 'fd 8'
check_not 'nor one that the tool inherited' said 'by fimctl'
check 'our own is named' said "$dir/tree/own is open for writing by sh (pid $$, fd 6)"
check 'a loop device is named' said \
	"$dir/tree/image is what $loop writes to: this can't be taken back"
check_not 'writing to our own' sh -c 'echo x >&6'
check 'nothing was written' [ ! -s $dir/tree/own ]
timeout 5 fimctl watch --since 1 -o json >/tmp/records 6>&-
check 'a record says what was found' \
	grep -q '"The file was open for writing 1 time when the rule came"' \
	/tmp/records
check 'a record says what was refused' \
	grep -q "tree/own.*\"Block\"" /tmp/records
check 'idle are only the two on modules and kexec' sh -c \
	'fimctl status | grep -Eq " proven, 2 idle$"'
check 'apply again' apply Block
kill $holder
exec 6>&-
losetup -d "$loop"
check 'delete' fimctl delete tool
sleep 1
fimctl status >/tmp/status
check 'they are idle again' grep -Eq ' proven, 6 idle$' /tmp/status
check_not 'which is no fault' grep -q ': idle' /tmp/status
check 'a name outside is open again' write_to $dir/two
# FIM's own policy
check 'apply the policy about FIM itself' \
	fimctl apply --no-scan -f "$FIM_POLICIES/fim.yaml"
check_not 'replacing fimctl' mv /usr/bin/hello /usr/bin/fimctl
check_not 'writing to it' sh -c 'echo x >>/usr/bin/fimctl'
check_not 'a policy of somebody else' touch /etc/fim/policies.d/evil.yaml
check_not 'removing the directory' mv /etc/fim /etc/mif
check_not 'changing a ready-made policy' rm "$FIM_POLICIES/fim.yaml"
check 'fimctl runs' fimctl status
check 'other programs can be changed' sh -c 'echo >>/usr/bin/hello'
check 'delete it' fimctl delete fim
check 'policies can be written then' touch /etc/fim/policies.d/mine.yaml
# A trial takes along what the search finds.
check 'apply on trial' apply Block --try 10s
check 'it says so' said 'on trial: rolled back after 10 s'
check_not 'a name outside is protected' write_to $dir/outside/two
check 'status tells' sh -c 'fimctl status | grep -q "on trial: rolled back in"'
check_not 'others wait' fimctl delete tool
sleep 11
check 'it is rolled back' is policies 0
check 'a name outside is open' write_to $dir/outside/two
check 'apply on trial again' apply Block --try 10s
check 'confirm' fimctl confirm
sleep 11
check_not 'it stays' write_to $dir/outside/two
# A window
check_not 'it takes a reason' fimctl pause --for 5s
check 'pause' fimctl pause --for 5s --reason 'a "test"'
check 'status tells why' sh -c 'fimctl status -o json | grep -q "a ..test"'
check 'what is refused else passes' write_to $dir/outside/two
sleep 6
check_not 'it is over' write_to $dir/outside/two
check_not 'and not to be ended' fimctl resume
timeout 3 fimctl watch --since boot -o json >/tmp/alerts
check 'the alert tells both' grep -q '"Action":"Audit (Block)","Result":"Passed"' \
	/tmp/alerts
check 'the end is told' sh -c \
	'grep MaintenanceEnded /tmp/alerts | grep -q "\"Passed\":[1-9]"'
check 'delete it' fimctl delete tool
# An ext4 whose journal is on another device is on that one, too.
if [ -x /usr/bin/mkfs.ext4 ]; then
	mkdir -p /run/journalled
	for name in journal ext4; do
		truncate -s 16M /mnt/ext4/$name.img
		loop=$(losetup -f)
		losetup "$loop" /mnt/ext4/$name.img
		[ $name = ext4 ] || journal=$loop
	done
	mkfs.ext4 -q -F -b 4096 -O journal_dev "$journal"
	mkfs.ext4 -q -F -b 4096 -J device="$journal" "$loop"
	check 'an ext4 with its journal elsewhere' mount -t ext4 "$loop" /run/journalled
	mkdir /run/journalled/tree
	policy tool /run/journalled/tree |
		sed 's|^  name: tool|&\n  annotations: { fim/raw-device: Block }|' >/tmp/tool.yaml
	check 'the journal can be written to' sh -c ": >>$journal"
	check 'apply' fimctl apply -f /tmp/tool.yaml
	check_not 'the device can not' sh -c ": >>$loop"
	check_not 'nor the journal' sh -c ": >>$journal"
	fimctl delete tool
	umount /run/journalled
	losetup -d "$loop"
	losetup -d "$journal"
fi
check 'unload' rmmod fim
exit 0
