# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
#
# What rules and records take of memory: by how much more the kernel's objects
# and its mapped areas hold, with what can be dropped dropped, after 4000 rules
# and 20000 records more. For selftests/bench/sizes.sh.
. /vm/lib-guest.sh

# Free memory would also tell of pages that a cache of objects keeps for later;
# a block of many pages, like a long policy's text, is in neither.
used() {
	sync
	sleep 1
	echo 3 >/proc/sys/vm/drop_caches
	sleep 2
	awk 'FILENAME ~ /slabinfo/ && $2 ~ /^[0-9]+$/ { used += $2 * $4 }
		/^VmallocUsed:/ { used += 1024 * $2 }
		END { printf "%d", used }' /proc/slabinfo /proc/meminfo
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
before=$(used)
rules 5000
after=$(used)
check 'rules take memory' [ "$after" -gt "$before" ]
report "data rule $(((after - before) / 4000))"
records 1 1000
before=$(used)
first=$(status_of lastSequence)
records 1001 21000
check 'all were recorded' [ $(($(status_of lastSequence) - first)) -ge 19900 ]
after=$(used)
check 'records take memory' [ "$after" -gt "$before" ]
report "data record $(((after - before) / 20000))"
exit 0
