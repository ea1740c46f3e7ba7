#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
#
# receivers.sh - alerts and metrics, received by the programs that they are for
#
#   receivers.sh FEED
#
# FEED is the program that feed.c makes. Debian's rsyslog, systemd and
# prometheus are in a tree of their own (selftests/vm/receivers.sh) and run
# there, on this machine, without the module. Reports TAP.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
. "$here/../vm/lib.sh"
. "$here/../vm/apt.sh"
. "$here/../vm/receivers.sh"
feed=$(realpath "$1")
need_root 'running daemons in a tree'

# The mounts are in a namespace of their own and go with it.
if [ -z "${FIM_RECEIVERS:-}" ]; then
	receivers_use
	propagation=private
	unshare --mount --propagation private true 2>/dev/null ||
		propagation=unchanged
	FIM_RECEIVERS=$R_DIR exec unshare --mount --propagation $propagation \
		"$0" "$@"
fi

tree=$FIM_RECEIVERS
port=$((20000 + RANDOM % 10000))
for dir in run sys tmp var/log; do
	mount -t tmpfs tmpfs "$tree/$dir"
done
mount -t proc proc "$tree/proc"
mkdir -p "$tree/sys/fs/cgroup"
mount -t cgroup2 cgroup2 "$tree/sys/fs/cgroup"
for file in null kmsg urandom; do
	[ -e "$tree/dev/$file" ] || touch "$tree/dev/$file"
	mount --bind /dev/$file "$tree/dev/$file"
done
pids=()
stop() {
	[ ${#pids[@]} -eq 0 ] || kill "${pids[@]}" 2>/dev/null || :
}
trap stop EXIT
number=0 failed=0

# result NAME FILE: the file has what is wrong.
result() {
	number=$((number + 1))
	if [ -s "$2" ]; then
		head -n 20 "$2" | cut -c 1-1000 | sed 's/^/# /'
		echo "not ok $number $1"
		failed=1
	else
		echo "ok $number $1"
	fi
}

# until_true COMMAND...: within twenty seconds.
until_true() {
	local tries=0

	until "$@" 2>/dev/null; do
		tries=$((tries + 1))
		[ $tries -lt 100 ] || return 1
		sleep 0.2
	done
}

problems=$(mktemp "$tree/tmp/problems.XXXX")

# Prometheus: metrics as Prometheus' conventions have them
"$feed" metrics >"$tree/tmp/metrics"
chroot "$tree" promtool check metrics <"$tree/tmp/metrics" >"$problems" 2>&1 || :
result 'promtool finds nothing in the metrics' "$problems"
: >"$problems"
sed 's/^fim_commits_total/fim_commits/; s/ fim_commits_total/ fim_commits/' \
	"$tree/tmp/metrics" | chroot "$tree" promtool check metrics >"$tree/tmp/out" 2>&1 || :
[ -s "$tree/tmp/out" ] || echo 'promtool finds nothing in anything' >"$problems"
result 'promtool finds faults' "$problems"

# systemd: the unit is right, and asks for little
mkdir -p "$tree/tmp/root"
make -s -C "$here/../../ctl" install DESTDIR="$tree/tmp/root" PREFIX=/usr \
	>/dev/null
unit=$tree/tmp/root/usr/lib/systemd/system/fim-alerts.service
sed 's|/usr/sbin/fimctl|/usr/bin/true|' "$unit" >"$tree/tmp/fim-alerts.service"
analyze() {
	chroot "$tree" systemd-analyze "$@" /tmp/fim-alerts.service 2>&1
}
analyze verify --man=no >"$problems" || :
result 'systemd finds nothing in the unit' "$problems"
: >"$problems"
analyze security --offline=yes --threshold=20 >"$tree/tmp/out" ||
	grep -F '✗' "$tree/tmp/out" >"$problems" || tail -n 5 "$tree/tmp/out" >"$problems"
result 'its exposure is 2.0 of 10 at most' "$problems"
: >"$problems"
sed -i '/^CapabilityBoundingSet=/d; /^ProtectSystem=/d' "$tree/tmp/fim-alerts.service"
! analyze security --offline=yes --threshold=20 >/dev/null ||
	echo 'systemd finds nothing in anything' >"$problems"
result 'systemd finds what is not restricted' "$problems"
: >"$problems"
sed -n 's/^ExecStart=[^ ]*fimctl watch//p' "$unit" | grep -qx -- \
	' --to journal --state /var/lib/fim/alerts' || echo 'no' >"$problems"
result 'the unit is installed' "$problems"

# rsyslog
cat >"$tree/tmp/rsyslog.conf" <<CONF
global(maxMessageSize="64k" workDirectory="/tmp")
module(load="imtcp")
input(type="imtcp" address="127.0.0.1" port="$port")
template(name="all" type="string"
	 string="%pri% %timestamp:::date-rfc3339% %hostname% %app-name% %msgid% %structured-data% %msg%\n")
action(type="omfile" file="/var/log/alerts" template="all")
CONF
start_rsyslog() {
	rm -f "$tree/tmp/rsyslog.pid"
	chroot "$tree" rsyslogd -n -f /tmp/rsyslog.conf -i /tmp/rsyslog.pid \
		>>"$tree/tmp/rsyslog.out" 2>&1 &
	rsyslog=$!
	pids+=("$rsyslog")
}
received() {
	"$here/received.py" "$feed" "$@" >"$problems" 2>&1 || :
}
all_received() {
	received "$@"
	[ ! -s "$problems" ]
}

# While there is no server, feed waits for it.
timeout 60 "$feed" json "syslog://127.0.0.1:$port" 1 3000 2>"$tree/tmp/feed" &
sender=$!
sleep 0.5
start_rsyslog
wait $sender || echo 'feed failed' >>"$tree/tmp/feed"
until_true all_received syslog "$tree/var/log/alerts" 1 3000 || :
result 'rsyslog has got each alert as it was' "$problems"

# Killed where it stands, and started again, while alerts come.
timeout 60 "$feed" json "syslog://127.0.0.1:$port" 3001 4000 1 2>"$tree/tmp/feed" &
sender=$!
for _ in 1 2 3; do
	sleep 1
	kill -9 "$rsyslog"
	wait "$rsyslog" 2>/dev/null || :
	start_rsyslog
done
wait $sender || echo 'feed failed' >>"$tree/tmp/feed"
until_true all_received syslog "$tree/var/log/alerts" 3001 4000 3 || :
result 'none is missing when rsyslog is killed' "$problems"
grep -qF 'is reached' "$tree/tmp/feed" || echo 'the connection never broke' >"$problems"
result 'it was while alerts came' "$problems"

# journald
[ -s "$tree/etc/machine-id" ] || systemd-id128 new >"$tree/run/machine-id"
[ ! -s "$tree/run/machine-id" ] ||
	mount --bind "$tree/run/machine-id" "$tree/etc/machine-id"
mkdir -p "$tree/run/systemd/journal" "$tree/run/log/journal" \
	"$tree/run/systemd/journald.conf.d"
# No value leaves the audit subsystem of this machine alone.
cat >"$tree/run/systemd/journald.conf.d/test.conf" <<CONF
[Journal]
Storage=volatile
RateLimitBurst=0
ForwardToWall=no
ReadKMsg=no
Audit=
CONF
chroot "$tree" /usr/lib/systemd/systemd-journald >"$tree/tmp/journald.out" 2>&1 &
pids+=($!)
export JOURNAL_SOCKET=$tree/run/systemd/journal/socket
until_true test -S "$JOURNAL_SOCKET" || cat "$tree/tmp/journald.out" >&2
entries() {
	chroot "$tree" journalctl -D /run/log/journal --all -o json -t fim \
		>"$tree/tmp/journal" 2>"$tree/tmp/journalctl.out"
	all_received journal "$tree/tmp/journal" 1 3000
}
timeout 60 "$feed" json journal 1 3000 || echo 'feed failed' >>"$tree/tmp/feed"
until_true entries || :
result 'the journal has got each alert, key by key' "$problems"
chroot "$tree" journalctl -D /run/log/journal -q -o cat -t fim \
	FIM_POLICY_NAME=harden FIM_FILE_OPERATION=create >"$tree/tmp/cat" || :
: >"$problems"
grep -qx 'refused create /sbin/file: Detected; by /usr/bin/touch; policy harden' \
	"$tree/tmp/cat" || head -n 3 "$tree/tmp/cat" >"$problems"
result 'the journal finds them by key' "$problems"

echo "1..$number"
exit $failed
