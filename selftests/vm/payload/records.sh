# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
#
# Measures what a record costs and when a listener has it, the same changes
# without, and what the kernel's audit takes for its records of the same.
#
# Prints "WHO WHAT INSTRUCTIONS" as data.
. /vm/lib-guest.sh

dir=/mnt/tmpfs/audited
mkdir -p $dir
seq 0 999 | (cd $dir && xargs touch)

run() {
	check "$1" sh -c "/vm/records $1 $dir >/tmp/results"
	sed "s/^/$1 /" /tmp/results
	sed "s/^/data $1 /" /tmp/results >&9
}

sleep 10
run plain
check 'load' insmod /fim.ko
policy audited $dir | sed 's/Block/Audit/' >/tmp/policy.yaml
check 'apply' fimctl apply -f /tmp/policy.yaml
sleep 3
run fim
run line
fimctl status
check 'all of it is told' is lost 0
check 'delete' fimctl delete audited
check 'unload' rmmod fim
# Once audit was on, every call pays for it: so it comes last.
run audit
exit 0
