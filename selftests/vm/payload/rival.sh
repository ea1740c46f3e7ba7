# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
#
# Another module wants to redirect a function that is hooked, as a live patch
# does. Whoever comes second is refused, and told who is in the way; whoever
# came first goes on. Tracing the function by other means changes nothing.
. /vm/lib-guest.sh

said() {
	dmesg | grep -q "$1"
}

touch_file() {
	true >>/mnt/ext4/tree/file
}

remove_file() {
	rm /mnt/ext4/tree/file
}

probe() {
	cd /sys/kernel/tracing || return
	echo "$1" >kprobe_events || return
	[ ! -e events/kprobes ] || echo 1 >events/kprobes/enable
}

no_probe() {
	echo 0 >/sys/kernel/tracing/events/kprobes/enable
	echo >/sys/kernel/tracing/kprobe_events
}

if [ ! -e /vm/rival.ko ]; then
	skip 'a rival # SKIP this kernel has no function tracer'
	exit 0
fi
mkdir -p /mnt/ext4/tree
touch /mnt/ext4/tree/file /mnt/ext4/other
check 'the other module loads' insmod /vm/rival.ko
check_not 'fim does not load beside it' insmod /fim.ko
check 'it says which function is taken' said 'fim: security_inode_unlink is taken'
check 'the other module goes on' rm /mnt/ext4/other
check 'the other module is unloaded' rmmod rival
check 'fim loads now' insmod /fim.ko
policy rival /mnt/ext4/tree >/tmp/rival.yaml
check 'apply' fimctl apply -f /tmp/rival.yaml
check_not 'the other module does not load beside fim' insmod /vm/rival.ko
check_not 'removing is refused all the same' remove_file
check_not 'writing is refused all the same' touch_file

if probe 'p:fim security_inode_unlink'; then
	check_not 'removing is refused with a kprobe on the function' remove_file
	check 'the self-test says so, too' fimctl selftest
	no_probe
	check_not 'removing is refused without the kprobe' remove_file
else
	skip 'removing is refused with a kprobe on the function'
fi
# Hooks that are attached when a policy wants them
no_modules() {
	policy rival /mnt/ext4/tree |
		sed 's|^  name: rival|&\n  annotations: { fim/modules: Block }|' |
		fimctl apply -f -
}

for function in security_kernel_load_data security_kernel_read_file; do
	check "the other module redirects $function" \
		insmod /vm/rival.ko "function=$function"
	check_not 'no policy may have it then' no_modules
	check 'the kernel log says which is taken' said "fim: $function is taken"
	check_not 'nor when it is tried again' no_modules
	check 'the other module is unloaded again' rmmod rival
done
check 'the policy is had without it' no_modules
# by its file, and then from memory
check_not 'and no module is loaded' insmod /vm/rival.ko
check 'delete' fimctl delete rival
check 'removing is let through again' remove_file
check 'unload' rmmod fim
exit 0
