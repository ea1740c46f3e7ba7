# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
# machine: debian
#
# A stock Debian lives on the policies of policies/, all of them with action
# Block, applied before nearly everything else: it boots, runs services, cron
# jobs, logins, backups and package queries, and nothing of that is refused or
# recorded. Then real changes are tried, which are refused and recorded.
. /vm/lib-guest.sh

# All that are about hosts, without the exception for package managers.
early() {
	insmod /vm/fim.ko || return 1
	set --
	for file in /usr/share/fim/policies/*.yaml; do
		[ "${file##*/}" != package-manager.yaml ] || continue
		! grep -q '^kind: KubeArmorHostPolicy' "$file" ||
			set -- "$@" -f "$file"
	done
	fimctl apply "$@"
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

# refused NAME POLICY COMMAND: it has to fail, and a record has to blame the policy,
# which is a basic regular expression.
refused() {
	before=$(status_of lastSequence)
	check_not "refused: $1" sh -c "$3" 2>/tmp/errors
	cat /tmp/errors
	records $((before + 1)) >/tmp/records
	check "recorded: $1" grep -q "\"PolicyName\":\"$2\"" /tmp/records
}

unit() {
	cat >"/run/systemd/system/$1.service"
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

# system-binaries
policy=harden-system-file-integrity-monitoring
refused 'touch' $policy 'touch /usr/sbin/x'
refused 'cp' $policy 'cp /bin/true /usr/bin/ls'
refused 'sed -i on a library' $policy 'sed -i s/a/b/ /usr/lib/os-release'
refused 'chmod u+s' $policy 'chmod u+s /usr/bin/env'
# many have rules below it
refused 'mv /usr' '[a-z-]*' 'mv /usr /usr2'
# a module of Python's without its .pyc: it would be written beside
rm -rf /tmp/pyc
python=$(ls -d /usr/lib/python3.*/)
life 'python with a cache elsewhere' env PYTHONPYCACHEPREFIX=/tmp/pyc \
	python3 -c 'import json, ssl, email, sqlite3'
check 'that cache was written' [ -d "/tmp/pyc$python" ]

# boot-and-modules
policy=boot-and-modules
release=$(uname -r)
refused 'a kernel is replaced' $policy "echo x >/boot/vmlinuz-$release"
refused 'a module is added' $policy "touch /usr/lib/modules/$release/evil.ko"
refused 'by the way of /lib' $policy "touch /lib/modules/$release/worse.ko"
refused 'a line in modprobe.d' $policy 'echo install x >/etc/modprobe.d/x.conf'
life 'sysctl' sysctl -q kernel.panic=-1

# credentials
policy=credentials
refused 'an account is added by hand' $policy 'echo x::0:0::/: >>/etc/passwd'
refused 'useradd' $policy 'useradd evil'
refused 'chpasswd' $policy 'echo user:secret | chpasswd'
refused 'a group' $policy 'usermod -aG sudo nobody'
refused 'a sudoers file' $policy 'echo x >/etc/sudoers.d/x'
refused 'a PAM module' $policy 'sed -i s/required/optional/ /etc/pam.d/su'
refused 'a key for root' $policy 'cat /root/id.pub >>/root/.ssh/authorized_keys'
refused 'a host key' $policy 'rm /etc/ssh/ssh_host_ed25519_key'
life 'a login after that' login
life 'known_hosts of root' sh -c 'echo x >>/root/.ssh/known_hosts2'
life 'a key of the user' sh -c 'cat /root/id.pub >>/home/user/.ssh/authorized_keys'

# system-configuration
policy=system-configuration
refused 'hosts' $policy 'echo 6.6.6.6 localhost >>/etc/hosts'
refused 'ld.so.conf.d' $policy 'echo /tmp >/etc/ld.so.conf.d/x.conf'
refused 'sshd_config' $policy 'echo PermitRootLogin yes >>/etc/ssh/sshd_config'
refused 'profile.d' $policy 'touch /etc/profile.d/x.sh'
refused 'replaced by a rename' $policy 'echo x >/etc/x; mv /etc/x /etc/nsswitch.conf'
life 'resolv.conf' sh -c 'echo nameserver 127.0.0.1 >/etc/resolv.conf'
life 'an application in /etc' sh -c 'mkdir /etc/app && echo x >/etc/app/conf'
life 'names are resolved' getent hosts localhost

# scheduled-tasks
policy=scheduled-tasks
refused 'a job in cron.d' $policy 'echo x >/etc/cron.d/x'
refused 'crontab' $policy 'echo x >>/etc/crontab'
refused 'a unit' $policy 'echo x >/etc/systemd/system/x.service'
refused 'a unit is changed' $policy 'sed -i s/a/b/ /usr/lib/systemd/system/cron.service'
refused 'systemctl disable' $policy 'systemctl disable cron'
life 'restarting a service' systemctl restart cron
life 'a transient unit' systemd-run --wait true
life "a user's crontab" crontab -u user -r

# package-databases
policy=package-databases
refused 'a checksum' $policy 'echo x >>/var/lib/dpkg/info/bash.md5sums'
refused 'an archive' $policy 'echo x >/etc/apt/sources.list.d/x.list'
refused 'a key' $policy 'touch /etc/apt/trusted.gpg.d/x.gpg'
refused 'dpkg --set-selections' $policy 'echo bash hold | dpkg --set-selections'
life 'queries after that' sh -c 'dpkg -l | grep -q bash; dpkg -S bin/bash'
mkdir -p /tmp/deb/DEBIAN /tmp/deb/usr/bin
printf 'Package: x\nVersion: 1\nArchitecture: all\nMaintainer: x <x@x>\nDescription: x\n' \
	>/tmp/deb/DEBIAN/control
echo x >/tmp/deb/usr/bin/x
life 'building a package' dpkg-deb -b /tmp/deb /tmp/x.deb
refused 'apt-get install' $policy 'apt-get install -y /tmp/x.deb'
check 'deleting a policy' fimctl delete $policy
refused 'apt-get install with half of it' \
	harden-system-file-integrity-monitoring 'apt-get install -y /tmp/x.deb'
check 'nothing was installed' [ ! -e /usr/bin/x ]

# trusted-ca
policy=trusted-ca
refused 'an authority' $policy 'cp /root/id.pub /usr/local/share/ca-certificates/x.crt'
refused 'the bundle' $policy 'echo x >>/etc/ssl/certs/ca-certificates.crt'
refused 'update-ca-certificates' $policy 'update-ca-certificates --fresh'
life 'authorities are read' \
	openssl x509 -noout -in /etc/ssl/certs/ca-certificates.crt

# audit-and-log-configuration
policy=audit-and-log-configuration
refused 'logrotate.d' $policy 'rm /etc/logrotate.d/apt'
refused 'journald.conf' $policy 'echo Storage=none >>/etc/systemd/journald.conf'
life 'a message' sh -c 'logger hello-there; sleep 1; journalctl | grep -q hello-there'
life 'logrotate after that' logs_rotate

# web-roots
policy=web-roots
refused 'a web shell' $policy 'touch /srv/www/shell.php'
refused 'a page' $policy 'echo defaced >/srv/www/index.html'
life 'a page is read' grep -q hello /srv/www/index.html

# fim
refused "a policy for the next boot" fim 'touch /etc/fim/policies.d/x.yaml'
refused 'the tool' fim 'cp /bin/true /usr/sbin/fimctl'
life 'the tool is used' fimctl get

# package-manager: an exception for dpkg, and for nobody else
mkdir -p /tmp/pkg/DEBIAN /tmp/pkg/usr/bin /tmp/pkg/etc/sudoers.d
printf '%s\n' 'Package: hello-fim' 'Version: 1' 'Architecture: all' \
	'Maintainer: nobody <nobody@example.invalid>' 'Description: a test' \
	>/tmp/pkg/DEBIAN/control
printf '#!/bin/sh\nexit 0\n' >/tmp/pkg/DEBIAN/postinst
printf '#!/bin/sh\necho hello\n' >/tmp/pkg/usr/bin/hello-fim
echo '# nothing' >/tmp/pkg/etc/sudoers.d/hello-fim
chmod 755 /tmp/pkg/DEBIAN/postinst /tmp/pkg/usr/bin/hello-fim
dpkg-deb --build --root-owner-group /tmp/pkg /tmp/hello.deb
check 'apply an exception' fimctl apply \
	-f /usr/share/fim/policies/package-manager.yaml
life 'a package is installed' dpkg -i /tmp/hello.deb
check 'it runs' hello-fim
life 'and purged' dpkg -P hello-fim
refused 'replacing dpkg' '[a-z-]*' 'cp /bin/true /usr/bin/dpkg'
check 'why dpkg may' sh -c 'fimctl explain /usr/bin/x --op create \
	--as /usr/bin/dpkg | grep -q "decided by package-manager rule 0"'
check 'without the exception' fimctl delete package-manager
refused 'installing a package' credentials 'dpkg -i /tmp/hello.deb'

# the same policies, without refusing
check 'apply --action Audit' fimctl apply --action Audit \
	-f /usr/share/fim/policies/web-roots.yaml
before=$(status_of lastSequence)
check 'a change passes' sh -c 'echo other >/srv/www/index.html'
records $((before + 1)) >/tmp/records
check 'and is recorded' grep -q '"Action":"Audit"' /tmp/records
check 'apply --action Block' fimctl apply --action Block \
	-f /usr/share/fim/policies/web-roots.yaml
refused 'a page' web-roots 'echo defaced >/srv/www/index.html'
exit 0
