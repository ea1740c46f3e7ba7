# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
#
# What rules and records take of memory: by how much less is free, with what can
# be dropped dropped, after 4000 rules and 20000 records more. For
# selftests/bench/sizes.sh.
. /vm/lib-guest.sh

free_kib() {
	sync
	sleep 1
	echo 3 >/proc/sys/vm/drop_caches
	sleep 2
	sed -n 's/^MemFree: *\([0-9]*\) kB/\1/p' /proc/meminfo
}

# directories N: their names
directories() {
	seq "$1" | sed "s|^|$FIM_EXT4/|"
}

# rules N: a policy of that many directories, in force; its text is kept, too.
rules() {
	# shellcheck disable=SC2046 # words
	policy rules $(directories "$1") >/tmp/rules.yaml
	fimctl apply --no-scan -f /tmp/rules.yaml
	rm /tmp/rules.yaml
}

# records N: refusals, each of another file.
records() {
	for number in $(seq "$1" "$2"); do
		true >"$FIM_EXT4/1/$number"
	done 2>/dev/null
	sleep 3
}

insmod /fim.ko rate=100000 ring=32768 ring_kib=65536 || exit 1
report "data module $(cat /sys/module/fim/coresize)"
# shellcheck disable=SC2046 # words
mkdir $(directories 5000)
rules 1000
before=$(free_kib)
rules 5000
after=$(free_kib)
check 'rules take memory' [ "$before" -gt "$after" ]
report "data rule $(((before - after) * 1024 / 4000))"
records 1 1000
before=$(free_kib)
first=$(status_of lastSequence)
records 1001 21000
check 'all were recorded' [ $(($(status_of lastSequence) - first)) -ge 19900 ]
after=$(free_kib)
report "data record $(((before - after) * 1024 / 20000))"
exit 0
