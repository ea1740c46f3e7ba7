# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
#
# Seals the module, and tries all that a sealed module has to refuse. That lasts
# as long as the machine, so it is a payload of its own.
. /vm/lib-guest.sh

dir=/mnt/ext4/seal
mkdir -p $dir/protected $dir/other
policy t $dir/protected >/tmp/t.yaml
policy u $dir/other >/tmp/u.yaml

refused() {
	! (: >$dir/protected/new) 2>/dev/null
}

# says TEXT COMMAND...: it fails, and says so.
says() {
	text=$1
	shift
	"$@" >/tmp/out 2>&1 && return 1
	cat /tmp/out
	grep -q "$text" /tmp/out
}

denied() {
	fimctl status -o prometheus | sed -n 's/^fim_commands_denied_total //p'
}

insmod /fim.ko
check 'without a policy there is nothing to seal' \
	says 'no policy is in force' fimctl seal
fimctl apply -f /tmp/t.yaml
fimctl pause --for 1m --reason test
check 'a window has to be closed before' \
	says 'a maintenance window is open' fimctl seal
fimctl resume
fimctl apply --try 1m -f /tmp/u.yaml
check 'and a trial confirmed' says 'a trial is pending' fimctl seal
fimctl confirm
# Containers start and end, but are not to be taken out of a policy.
container() {
	mkdir /sys/fs/cgroup/$1
	sleep 1000 &
	echo $! >/sys/fs/cgroup/$1/cgroup.procs
	fimctl container add --pid $! --id $1
}

ends() {
	kill $2
	wait $2
	while ! rmdir /sys/fs/cgroup/$1; do sleep 1; done 2>/dev/null
}

container before
before=$!
check '--configured does nothing unless fim.conf says so' fimctl seal --configured
check 'the module is armed' sh -c 'fimctl status | grep -q "state *armed"'
# fim-init does it if nobody after it has policies to put into force
mkdir -p "/lib/modules/$(uname -r)" /etc/fim/early.d /etc/fim/policies.d
cp /fim.ko "/lib/modules/$(uname -r)/"
depmod
cp /tmp/t.yaml /etc/fim/early.d/
echo 'seal = yes' >/etc/fim/fim.conf
cp /tmp/u.yaml /etc/fim/policies.d/
FIM_INIT=/bin/true sh /vm/fim-init
check 'fim-init leaves it to others' sh -c 'fimctl status | grep -q "state *armed"'
rm /etc/fim/policies.d/u.yaml
FIM_INIT=/bin/true sh /vm/fim-init
check 'status says so' sh -c 'fimctl status -o json | grep -q "\"sealed\":.*true"'
refused=$(denied)
for change in 'apply -f /tmp/u.yaml' 'apply --action Audit -f /tmp/t.yaml' 'delete t' \
	'pause --for 1m --reason test' 'resume' 'confirm' 'seal'; do
	# shellcheck disable=SC2086
	check "refused: $change" says 'sealed until reboot' fimctl $change
done
check 'each has been counted' [ "$(denied)" -ge $((refused + 7)) ]
fimctl watch --since boot --limit 1000 >/tmp/records 2>/dev/null &
watch=$!
sleep 2
kill $watch
check 'and recorded' grep -q CommandDenied /tmp/records
check 'so is the seal' grep -q Sealed /tmp/records
check 'a container is added' container after
after=$!
for name in before after; do
	check "it is not deleted while it runs: $name" \
		says 'the container has not ended' fimctl container delete $name
done
ends before $before
check 'it is when it has ended' fimctl container delete before
ends after $after
check 'or is found to be gone' sh -c '! fimctl container list | grep -q after'
check 'the module cannot be unloaded' says '' rmmod fim
check 'the self-test runs' fimctl selftest
check 'it is still sealed' sh -c 'fimctl status | grep -q "state *sealed"'
check 'policies are enforced' refused
exit 0
