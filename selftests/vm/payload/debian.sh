# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
# machine: debian
#
# A stock Debian lives on the policies of policies/, all of them with action
# Block, applied before nearly everything else: it boots, runs services, cron
# jobs, logins, backups and package queries, and nothing of that is refused or
# recorded. Then real changes are tried, which are refused and recorded.
. /vm/lib-guest.sh

# The ones that this version can enforce.
early() {
	insmod /vm/fim.ko || return 1
	for file in /usr/share/fim/policies/*.yaml; do
		fimctl check -f "$file" >/dev/null 2>&1 &&
			fimctl apply -f "$file"
	done
	fimctl get
}

[ "${1:-}" != early ] || { early; exit; }

# records SINCE: what was refused or audited, one alert a line.
records() {
	last=$(status_of lastSequence)
	[ "$last" -ge "$1" ] || return 0
	timeout 20 fimctl watch --since "$1" --limit $((last - $1 + 1)) -o json |
		grep -E '"Action":"(Block|Audit)"'
}

# life NAME COMMAND...: it has to succeed, without a record.
life() {
	before=$(status_of lastSequence)
	start=$(date +%s)
	check "$@"
	found=$(records $((before + 1)))
	check "no record: $1" [ -z "$found" ]
	[ -z "$found" ] || echo "$found"
	echo "# $1: $(($(date +%s) - start)) s"
}

# refused NAME POLICY COMMAND: it has to fail, and a record has to say so.
refused() {
	before=$(status_of lastSequence)
	check_not "refused: $1" sh -c "$3" 2>/tmp/errors
	cat /tmp/errors
	records $((before + 1)) >/tmp/records
	check "recorded: $1" grep -q "\"PolicyName\":\"$2\"" /tmp/records
}

unit() {
	cat >"/etc/systemd/system/$1.service"
}

service_runs() {
	systemctl daemon-reload && systemctl start life.service &&
	systemctl is-active life.service && systemctl stop life.service
}

confined_runs() {
	systemctl start confined.service &&
	grep -q hello /var/lib/private/confined/written
}

cron_runs() {
	for _ in $(seq 75); do
		[ ! -e /tmp/cron-ran ] || return 0
		sleep 1
	done
	return 1
}

login() {
	ssh -i /root/id -o StrictHostKeyChecking=accept-new user@localhost \
		sudo -n id | grep -q uid=0
}

logs_rotate() {
	printf '/var/log/life.log {\n  rotate 2\n  compress\n  create\n}\n' \
		>/tmp/life.conf
	echo line >/var/log/life.log
	chmod 644 /tmp/life.conf
	logrotate -f /tmp/life.conf && [ -e /var/log/life.log.1.gz ]
}

say "up after $(cut -d' ' -f1 /proc/uptime) s"
check 'the module is loaded' grep -q '^fim ' /proc/modules
check 'policies are in force' fimctl get
check 'no service has failed' [ -z "$(systemctl list-units --failed -q --plain)" ]
systemctl list-units --failed
at_boot=$(records 1)
check 'no record of the boot' [ -z "$at_boot" ]
[ -z "$at_boot" ] || echo "$at_boot"
check 'a login prompt is there' systemctl is-active serial-getty@ttyS0.service

# the cron daemon looks once a minute: it goes on meanwhile
echo '* * * * * touch /tmp/cron-ran' | crontab -u user -
printf '[Service]\nExecStart=/bin/sleep 100\n' | unit life
printf '%s\n' '[Service]' Type=oneshot ProtectSystem=strict PrivateTmp=yes \
	DynamicUser=yes StateDirectory=confined ProtectHome=yes \
	ExecStart='/bin/sh -c "echo hello >$STATE_DIRECTORY/written"' |
	unit confined
life 'a service is started and stopped' service_runs
life 'a confined service' confined_runs
life 'man ls' sh -c 'man ls | grep -q "list directory"'
life 'python' python3 -c 'import json, ssl; print(json.dumps({}))'
life 'ssh login and sudo' login
life 'apt-cache policy' sh -c 'apt-cache policy bash | grep -q Installed'
life 'apt list --installed' sh -c 'apt list --installed 2>/dev/null | grep -q ^bash/'
life 'dpkg -V' sh -c 'dpkg -V coreutils dpkg libc6 openssh-server'
life 'tar of /usr/bin, /etc and /var/lib' sh -c 'tar -c /usr/bin /etc /var/lib 2>/dev/null | wc -c | grep -q ...'
life 'rsync of /usr/lib/systemd' rsync -a /usr/lib/systemd /tmp/backup
life 'systemctl daemon-reexec' systemctl daemon-reexec
life 'logrotate' logs_rotate
life 'su' su user -c true
life 'getent' sh -c 'getent passwd user && getent shadow user'
life 'a cron job' cron_runs
life 'temporary files' systemd-tmpfiles --create --clean
life 'the journal' sh -c 'journalctl -b | grep -q fim'

policy=harden-system-file-integrity-monitoring
refused 'touch' $policy 'touch /usr/sbin/x'
refused 'cp' $policy 'cp /bin/true /usr/bin/ls'
mkdir -p /tmp/deb/DEBIAN /tmp/deb/usr/bin
printf 'Package: x\nVersion: 1\nArchitecture: all\nMaintainer: x <x@x>\nDescription: x\n' \
	>/tmp/deb/DEBIAN/control
echo x >/tmp/deb/usr/bin/x
dpkg-deb -b /tmp/deb /tmp/x.deb
refused 'apt-get install' $policy 'apt-get install -y /tmp/x.deb'
check 'nothing was installed' [ ! -e /usr/bin/x ]
exit 0
