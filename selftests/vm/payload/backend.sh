# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
#
# What attaches the hooks: the parameter that chooses it, what the status says
# about it, and hooks that are taken away while they protect something. Kprobes
# can be disarmed by root, which the self-test finds: the state is degraded, and
# there is a record of that.
. /vm/lib-guest.sh

file=/mnt/ext4/tree/file
switch=/sys/kernel/debug/kprobes/enabled

said() {
	dmesg | grep -q "$1"
}

is_by() {
	fimctl status | grep -q "hooks by $1\$"
}

state_is() {
	fimctl status -o json | grep -qE "\"state\": *\"$1\"" || {
		fimctl status
		false
	}
}

# Records of a change of the state to this one
records_of() {
	timeout 2 fimctl watch --since 0 -o json | grep -c "\"State\": *\"$1\""
}

recorded() {
	[ "$(records_of degraded)" = "$1" ] || {
		timeout 2 fimctl watch --since 0 -o json
		false
	}
}

# within SECONDS COMMAND...
within() {
	_left=$1
	shift
	until "$@"; do
		[ "$_left" -gt 0 ] || return 1
		_left=$((_left - 1))
		sleep 1
	done
}

hooks_that_are() {
	fimctl status -o json | grep -cE "\"state\": *\"$1\""
}

# An unmount of what a rule is about goes through the one hook that calls its
# function. With a kretprobe there, its caller is not who it seems to be.
unmounts() {
	mkdir -p /run/mnt
	mount -t tmpfs tmpfs /run/mnt && mkdir /run/mnt/dir || return
	policy unmounted /run/mnt/dir | sed 's/Block/Audit/' >/tmp/unmounted.yaml
	fimctl apply -f /tmp/unmounted.yaml && umount /run/mnt &&
		fimctl delete unmounted
}

probe() {
	cd /sys/kernel/tracing || return
	echo "$1" >kprobe_events && echo 1 >events/kprobes/enable
}

no_probe() {
	echo 0 >/sys/kernel/tracing/events/kprobes/enable
	echo >/sys/kernel/tracing/kprobe_events
}

# with_a_probe TEXT NAME COMMAND...
with_a_probe() {
	if probe "$1" 2>/dev/null; then
		check "$2" "$3" "$4"
		no_probe
	else
		skip "$2 # SKIP no probes by tracefs here"
	fi
}

refused() {
	! write_to $file 2>/dev/null
}

mkdir -p ${file%/*}
echo base >$file
policy backend ${file%/*} >/tmp/backend.yaml

check_not 'a backend that there is not is refused' \
	insmod /fim.ko backend=nothing
check 'it says which there are' said 'fim: backend is ftrace, kprobe or auto'

check 'the module loads' insmod /fim.ko
if is_by ftrace; then
	check_not 'ftrace is not called weaker' grep weaker <<-END
		$(fimctl status)
	END
	check 'ftrace cannot be switched off meanwhile' \
		[ "$(echo 0 2>&1 >/proc/sys/kernel/ftrace_enabled)" ]
	with_a_probe 'r:fim security_sb_delete' \
		'a filesystem ends with a kretprobe on its end' unmounts
else
	check 'without ftrace it is kprobes' is_by kprobe
fi
check 'the module is unloaded' rmmod fim

echo 0 >$switch
check_not 'kprobes that are switched off do not arm the module' \
	insmod /fim.ko backend=kprobe
check 'it says what does not fire' \
	said 'fim: security_inode_create does not fire'
echo 1 >$switch

check 'the module loads with kprobes' insmod /fim.ko backend=kprobe
check 'the status names them' is_by kprobe
check 'the status says what is weaker' \
	grep -q 'weaker.*kprobes/enabled' <<-END
		$(fimctl status)
	END
check 'apply' fimctl apply -f /tmp/backend.yaml
check 'writing is refused' refused
check 'reading is not' cat $file
with_a_probe 'p:fim security_file_open' \
	'writing is refused with another kprobe there' refused
with_a_probe 'r:fim security_file_open' \
	'writing is refused with a kretprobe there' refused
with_a_probe 'r:fim security_sb_delete' \
	'a filesystem ends with a kretprobe on its end and kprobes' unmounts
check 'unmounting what a rule is about' unmounts
check 'the self-test is content' fimctl selftest
check 'nothing was missed' is missed 0

echo 0 >$switch
check_not 'the self-test finds kprobes switched off' fimctl selftest
check 'the state is degraded' state_is degraded
check 'most hooks are dead' [ "$(hooks_that_are dead)" -gt 15 ]
check 'there is a record of it' recorded 1
check_not 'a second self-test says so, too' fimctl selftest
check 'but there is no second record' recorded 1
echo 1 >$switch
check 'the self-test finds them switched on' fimctl selftest
check 'the state is armed' state_is armed
check 'writing is refused again' refused
check 'delete' fimctl delete backend
check 'unload' rmmod fim

# Nobody asks, and it is found all the same.
check 'the module loads, with a self-test each second' \
	insmod /fim.ko backend=kprobe selftest_interval=1
echo 0 >$switch
check 'the state becomes degraded by itself' within 10 state_is degraded
echo 1 >$switch
check 'the state becomes armed by itself' within 10 state_is armed
check 'there is one record of it' recorded 1
check 'unload at the end' rmmod fim
exit 0
