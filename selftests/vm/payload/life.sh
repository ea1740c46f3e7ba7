# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
#
# Loads and unloads the module 200 times (fim.cycles=) while eight processes
# change files in and around a tree that each load protects anew. Checked: every
# step of every cycle, that unloading is refused while a policy is loaded, that
# memory does not grow, that no task is stuck.
. /vm/lib-guest.sh

cycles=$(boot_option cycles)
cycles=${cycles:-200}
dir=/mnt/ext4/life
mkdir -p $dir/protected
policy life $dir/protected >/tmp/life.yaml

# Memory that the kernel holds and cannot give back, in kB.
kernel_memory() {
	sync
	echo 3 >/proc/sys/vm/drop_caches
	awk '/^(SUnreclaim|Percpu|KernelStack|PageTables|VmallocUsed):/ {
		sum += $2 } END { print sum }' /proc/meminfo
}

refused() {
	! (: >$dir/protected/refused) 2>/dev/null
}

one_cycle() {
	insmod /fim.ko || { why=insmod; return 1; }
	fimctl apply -f /tmp/life.yaml || { why='fimctl apply'; return 1; }
	refused || { why='a file is created in the tree'; return 1; }
	rmmod fim 2>/dev/null && { why='rmmod with a policy loaded'; return 1; }
	refused || { why='not protected after rmmod was refused'; return 1; }
	fimctl delete life || { why='fimctl delete'; return 1; }
	rmmod fim || { why=rmmod; return 1; }
	rm -f $dir/protected/refused
	(: >$dir/protected/after) || { why='refused after unloading'; return 1; }
	rm -f $dir/protected/after
}

/vm/stress $dir $dir/protected 8 >/tmp/stress 9>&- &
stress=$!
cycle=0 done=0
while [ $cycle -lt "$cycles" ]; do
	cycle=$((cycle + 1))
	one_cycle >/dev/null 9>&- || { fail "cycle $cycle: $why"; break; }
	done=$cycle
	# what the first cycles allocate once and for all is no leak
	[ $cycle -ne 10 ] || before=$(kernel_memory)
	[ $((cycle % 25)) -ne 0 ] || say "$cycle cycles"
done
check "$cycles cycles of loading and unloading" [ "$done" -eq "$cycles" ]
after=$(kernel_memory)
kill $stress
wait $stress
say "eight processes beside it: $(cat /tmp/stress)"
check 'some changes were refused meanwhile' \
	grep -qE ' [1-9][0-9]* refused' /tmp/stress
if [ "$done" -ge 10 ]; then
	say "kernel memory: $before kB after 10 cycles, $after kB after $done"
	check 'kernel memory does not grow' [ $((after - before)) -lt 2048 ]
fi
check_not 'no slab cache is left behind' grep -q '^fim' /proc/slabinfo
check_not 'no hook is left behind' \
	grep -q fim /sys/kernel/tracing/enabled_functions
check_not 'no kprobe is left behind' grep . /sys/kernel/debug/kprobes/list
exit 0
