# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
# needs: ynl
#
# Alerts end to end: a listener that is killed, goes on where it stopped and
# misses none; a file that is moved away; metrics; and the kernel's own ynl,
# which drives the module by its specification.
. /vm/lib-guest.sh

dir=/mnt/ext4/tree
alerts=/tmp/alerts
state=/tmp/state

watch() {
	fimctl watch --to $alerts --state $state 2>>/tmp/watch &
	watcher=$!
}

# attacks N: that many refusals, each of a name of its own: a record each.
made=0
attacks() {
	end=$((made + $1))
	while [ $made -lt $end ]; do
		echo x >$dir/file$made
		made=$((made + 1))
	done 2>/dev/null
}

# A number that comes in all files, each once or more, up to the last record.
numbers() {
	cat $alerts* | sed -n 's/.*"Sequence":\([0-9]*\).*/\1/p' | sort -nu
}

complete() {
	last=$(status_of lastSequence)
	[ "$(numbers | tail -n 1)" = "$last" ]
}

within() {
	tries=0
	until "$@"; do
		tries=$((tries + 1))
		[ $tries -lt 50 ] || return 1
		usleep 200000
	done
}

no_gap() {
	[ "$(numbers)" = "$(seq 1 "$(status_of lastSequence)")" ] || {
		numbers | head -n 5
		numbers | wc -l
		fimctl status
		false
	}
}

mkdir -p $dir
# A process of their own, and not one of the shell's
check 'load' env insmod /fim.ko
policy alerts $dir >/tmp/policy.yaml
check 'apply' fimctl apply -f /tmp/policy.yaml
check 'who loaded it is told' sh -c \
	'timeout 3 fimctl watch -o json --since boot --limit 1 --operation ModuleLoaded | grep -q "\"Source\":\"insmod /fim.ko\""'
fimctl selftest
check 'who asked for a self-test is told' sh -c \
	'timeout 3 fimctl watch -o json --since boot --limit 1 --operation SelfTest | grep -q "\"Source\":\"fimctl selftest\""'

watch
attacks 100
check 'all alerts are in the file' within complete
# Killed where it stands, several times, while there is much to do.
attacks 1500 &
attacker=$!
for _ in 1 2 3 4 5; do
	usleep 300000
	kill -9 $watcher
	wait $watcher 2>/dev/null
	watch
done
wait $attacker
check 'all alerts are there after kills' within complete
check 'none is missing' no_gap
check 'nothing was lost' sh -c '! grep -q RecordsLost /tmp/alerts'
check 'each line is an alert, or was cut by a kill and ended' sh -c \
	'[ "$(grep -cv "^{.*}$" /tmp/alerts)" -le 5 ]'

mv $alerts $alerts.1
kill -HUP $watcher
attacks 20
check 'the file was opened anew' within complete
check 'and has what came since' sh -c \
	'[ "$(grep -c "\"FileOperation\":\"create\"" /tmp/alerts)" -ge 1 ]'
check 'none is missing' no_gap

kill $watcher
wait $watcher
check 'it ends well by a signal' [ $? = 0 ]
before=$(cat $alerts* | wc -l)
watch
sleep 1
attacks 1
check 'it goes on' within complete
check 'and repeats nothing after an orderly end' [ "$(cat $alerts* | wc -l)" = $((before + 1)) ]

# Another load: other numbers.
check 'delete' fimctl delete alerts
check 'unload' env rmmod fim
check 'who unloaded it is told' within grep -q \
	'"Source":"rmmod fim".*"Operation":"ModuleUnloaded"' $alerts
kill $watcher
wait $watcher
check 'metrics say so' sh -c \
	'fimctl status -o prometheus 2>/dev/null | grep -qx "fim_up 0"'
check 'load again, with a small ring' insmod /fim.ko ring=64
check 'apply again' fimctl apply -f /tmp/policy.yaml
rm -f $alerts*
watch
attacks 3
check 'a new load is noticed' within grep -q '"Operation":"ModuleReloaded"' $alerts
check 'its records come from the first' within complete
check 'none is missing' no_gap
kill $watcher
wait $watcher

# What is recorded of writing the state is not noted in it, which would never end.
at_rest() {
	last=$(status_of lastSequence)
	sleep 3
	[ "$(status_of lastSequence)" = "$last" ]
}
mkdir /mnt/ext4/state
policy audited /mnt/ext4/state | sed 's/Block/Audit/' >/tmp/audited.yaml
check 'a policy about where the state is' fimctl apply -f /tmp/audited.yaml
state=/mnt/ext4/state/place
watch
attacks 3
check 'alerts are handed on' within grep -q "$dir/file$((made - 1))\"" $alerts
check 'and it comes to rest' within at_rest
kill $watcher
wait $watcher
check 'the state was written' [ -s $state ]
check_not 'its writing is no alert' grep -q /mnt/ext4/state/place $alerts
check 'delete it' fimctl delete audited

# A state that can't be written is no reason to hand on nothing, or all for ever.
mkdir -p /mnt/ext4/locked
mount -t tmpfs -o ro none /mnt/ext4/locked
state=/mnt/ext4/locked/place
: >/tmp/watch
watch
attacks 2
check 'without a state' within grep -q "$dir/file$((made - 1))\"" $alerts
attacks 2
check 'alerts are handed on' within grep -q "$dir/file$((made - 1))\"" $alerts
check 'it runs still' kill $watcher
wait $watcher
check 'and said so once' sh -c '[ "$(grep -c "warning: can.t write" /tmp/watch)" = 1 ]'
umount /mnt/ext4/locked

# The filters and formats, with real records.
check 'a filter that matches' sh -c \
	'timeout 5 fimctl watch --since boot --operation create --limit 1 -o cef | grep -q "^CEF:0|fim|fim|.*|create|create refused|5|"'
check 'a filter that does not' sh -c \
	'! timeout 3 fimctl watch --since boot --policy nothing -o ecs | grep -q .'
fimctl status -o prometheus >/tmp/metrics
check 'metrics of the policy' grep -Eq \
	'^fim_policy_operations_refused_total\{policy="alerts",operation="create"\} [1-9]' /tmp/metrics
check 'metrics of the state' grep -qx 'fim_state{state="armed"} 1' /tmp/metrics

ynl() {
	chroot /ynl python3 /tools/net/ynl/cli.py --no-schema --output-json \
		--spec /fim.yaml "$@" >/tmp/ynl 2>&1 || {
		cat /tmp/ynl
		false
	}
}
if [ -d /ynl ]; then
	check 'ynl: status' ynl --do status-get
	check 'the state by name' grep -q '"state": "armed"' /tmp/ynl
	check 'ynl: policies' ynl --dump policy-get
	check 'the policy' grep -q '"name": "alerts", .*"action": "block"' /tmp/ynl
	check 'ynl: rules' ynl --dump rule-get
	check 'its path, in bytes' grep -q \
		"$(printf %s $dir/ | hexdump -ve '1/1 "%02x"')" /tmp/ynl
	check 'ynl: hooks' ynl --dump hook-get
	check 'all of them' sh -c \
		'[ "$(grep -o security_ /tmp/ynl | wc -l)" -ge 20 ]'
	check 'ynl: records' ynl --dump event-get --json '{"since": 2}'
	# when it has joined takes as long as it takes python to start
	while sleep 1; do attacks 1; done &
	attacker=$!
	check 'ynl: the group' ynl --subscribe events --sleep 8
	kill $attacker
	check 'a record, as it comes' grep -q \
		'"name": "event", .*"op": "create"' /tmp/ynl
	check 'ynl: a self-test' ynl --do selftest
	check_not 'an attribute that is wrong' ynl --dump event-get \
		--json '{"status": {}}'
else
	skip 'no ynl'
fi
check 'delete' fimctl delete alerts
check 'unload' rmmod fim
exit 0
