# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
#
# Measures system calls in each of the module's states, on ext4 and tmpfs:
#
#   baseline   without the module
#   loaded     without a policy
#   armed      with a policy about another directory of the same filesystem
#   rules      with 10 000 rules about directories of both filesystems
#   unmarked   with a policy about a directory of a third filesystem
#   baseline2  without the module again: must be what it was
#
# Prints "STATE FILESYSTEM OPERATION INSTRUCTIONS" as data.
. /vm/lib-guest.sh

# Both filesystems get half of them.
many_rules() {
	policy many
	for fs in ext4 tmpfs; do
		seq 0 4999 | sed "s|.*|    - dir: /mnt/$fs/many/&/\n      recursive: true\n      readOnly: true|"
	done
}

# measure: /tmp/results has "FILESYSTEM OPERATION INSTRUCTIONS".
measure() {
	# what loading or applying has set off is over by then
	sleep 3
	for fs in ext4 tmpfs; do
		/vm/bench run /mnt/$fs/a/b/c 9>&- | sed "s/^/$fs /"
	done >/tmp/results
	[ "$(wc -l </tmp/results)" -eq 14 ]
}

step() {
	name=$1
	shift
	"$@" 9>&- >/tmp/out 2>&1 || {
		cat /tmp/out
		fail "$name: $*"
		exit 1
	}
}

state() {
	if measure; then
		sed "s/^/data $1 /" /tmp/results >&9
		pass "$1"
	else
		fail "$1"
	fi
}

# Before the baseline: a fuller filesystem looks longer for a free inode.
step 'make directories' /vm/bench dirs /mnt/ext4/many 5000
step 'make directories' /vm/bench dirs /mnt/tmpfs/many 5000

# The new kernels work in the background for their first seconds.
sleep 10
/vm/bench clock | sed 's/^/data /' >&9
measure
state baseline

step load insmod /fim.ko
state loaded

mkdir -p /mnt/ext4/protected /mnt/tmpfs/protected /srv/protected
policy armed /mnt/ext4/protected /mnt/tmpfs/protected >/tmp/armed.yaml
step apply fimctl apply -f /tmp/armed.yaml
state armed
step delete fimctl delete armed

many_rules >/tmp/many.yaml
say 'applying 10000 rules'
step apply fimctl apply -f /tmp/many.yaml
state rules
step delete fimctl delete many

policy unmarked /srv/protected >/tmp/unmarked.yaml
step apply fimctl apply -f /tmp/unmarked.yaml
state unmarked
step delete fimctl delete unmarked

step unload rmmod fim
state baseline2
exit 0
