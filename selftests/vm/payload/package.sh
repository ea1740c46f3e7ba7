# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
# machine: package
#
# A Debian with FIM's packages, made by selftests/package/install.sh: protected
# before network and services, in spite of a broken policy; then the packages are
# upgraded and purged.
. /vm/lib-guest.sh

timestamp() {
	systemctl show -P "$2" "$1"
}

# before UNIT UNIT: the first was done when the second began.
before() {
	_done=$(timestamp "$1" "${3:-InactiveExitTimestampMonotonic}")
	_begun=$(timestamp "$2" InactiveExitTimestampMonotonic)
	echo "# $1: $_done, $2: $_begun"
	[ "$_done" -gt 0 ] && [ "$_done" -lt "$_begun" ]
}

until_true() {
	for _ in $(seq 60); do
		! "$@" >/dev/null 2>&1 || return 0
		sleep 1
	done
	"$@"
}

alert_in_journal() {
	journalctl -b -t fim -o cat | grep -qF -- "$1"
}

refused() {
	check_not "$1: writing is refused" write_to /srv/www/page
}

say "up after $(cut -d' ' -f1 /proc/uptime) s"
systemctl status --no-pager -l fim
check 'the module is loaded' grep -q '^fim ' /proc/modules
check 'of this package' [ "$(modinfo -F version fim)" = "$(cat /root/version)" ]
check 'the policy is in force' sh -c 'fimctl get | grep -q "^web "'
check 'who comes before may write' [ -e /run/passed-before ]
check 'the network may not' [ -e /run/refused-network ]
check 'nor a service' [ -e /run/refused-user ]
check 'their writes were tried' [ ! -e /run/passed-network ]
# of a unit that failed this is when it was done
check 'before networkd' before fim.service systemd-networkd.service \
	InactiveEnterTimestampMonotonic
check 'before the network' before fim.service try-network.service \
	InactiveEnterTimestampMonotonic
check 'before a service' before fim.service try-user.service \
	InactiveEnterTimestampMonotonic
check 'before temporary files' before fim.service systemd-tmpfiles-setup.service \
	InactiveEnterTimestampMonotonic
check_not 'no order is broken' sh -c 'journalctl -b | grep -q "ordering cycle"'
check_not 'no call is filtered' sh -c 'dmesg | grep "type=1326"'

check 'the boot went on' systemctl is-active multi-user.target
check 'the unit has failed' systemctl is-failed fim
check 'systemctl status says why' sh -c \
	'systemctl status fim | grep -q "/etc/fim/policies.d/00-broken.yaml:2:1: error"'
check 'and what is in force' sh -c \
	'systemctl status fim | grep -q "1 skipped; the others are in force"'
check 'the kernel log has it' sh -c 'dmesg | grep -q "fimctl: .*/00-broken.yaml:2:1:"'
rm /etc/fim/policies.d/00-broken.yaml
check 'it is mended' systemctl restart fim
check 'nothing fails any more' systemctl is-active fim
check 'reload' systemctl reload fim
check 'stop' systemctl stop fim
refused 'stopped'
check 'start' systemctl start fim

# FIM itself
check 'its own policy' fimctl apply -f /usr/share/fim/policies/fim.yaml
check_not 'the unit stays' rm "$(systemctl show -P FragmentPath fim)"
check_not 'enabled' rm /etc/systemd/system/sysinit.target.wants/fim.service
check_not 'as it is disabled' systemctl disable fim
check_not 'what runs before init stays' write_to /usr/lib/fim/init
check_not 'and what has the initramfs run it' rm /usr/share/initramfs-tools/hooks/fim
check_not 'and what adds containers' write_to /usr/libexec/fim-runc
check 'the policy goes' fimctl delete fim

check 'alerts are handed on' systemctl is-active fim-alerts
check 'an alert of the boot is in the journal' until_true alert_in_journal \
	'/srv/www/network'
refused 'now'
check 'and the alert' until_true alert_in_journal '/srv/www/page'
check 'completion is there' [ -e /usr/share/bash-completion/completions/fimctl ]
check 'man pages are' sh -c \
	'ls /usr/share/man/man8/fimctl.8.gz /usr/share/man/man5/fim-policy.5.gz'

# where the module is built is install.sh's concern
touch /etc/dkms/no-autoinstall
policy modules /usr/lib/modules >/run/modules.yaml
check 'a policy over the modules' fimctl apply -f /run/modules.yaml
check_not 'stops an upgrade' sh -c 'dpkg -i /root/new/fim-dkms_*.deb >/run/dpkg.log 2>&1'
cat /run/dpkg.log
check 'which says what to do' grep 'fimctl pause' /run/dpkg.log
check 'nothing is half done' [ "$(dpkg-query -W -f '${Status} ${Version}' fim-dkms)" = \
	"install ok installed $(cat /root/version)" ]
check 'the module is still there' modinfo fim
check 'a window' fimctl pause --for 15m --reason upgrade
check 'lets it pass' sh -c 'dpkg -i /root/new/fim-dkms_*.deb'
check 'until then' fimctl resume
check 'the policy goes' fimctl delete modules

# a loop that tries all the time
(
	while [ ! -e /run/upgraded ]; do
		if write_to /srv/www/page; then echo passed; else echo refused; fi
	done
) >/run/tries 2>/dev/null &
dpkg -i /root/new/*.deb >/run/dpkg.log 2>&1 || cat /run/dpkg.log
touch /run/upgraded
wait
new=$(cat /root/version).1
check 'the new version is there' [ \
	"$(dpkg-query -W -f '${Version} ' fimctl fim-dkms)" = "$new $new " ]
echo "# writes tried during the upgrade: $(wc -l </run/tries)"
check 'writes were refused all the time' sh -c \
	'grep -q refused /run/tries && ! grep -q passed /run/tries'
refused 'upgraded'
check 'the policy is in force' sh -c 'fimctl get | grep -q "^web "'
check 'alerts are handed on' until_true systemctl is-active fim-alerts
before=$(journalctl -b -t fim -o cat | wc -l)
refused 'again'
check 'by the new program' until_true sh -c \
	"[ \$(journalctl -b -t fim -o cat | wc -l) -gt $before ]"

mkdir -p /etc/docker
echo '{"runtimes": {"fim": {"path": "/usr/libexec/fim-runc"}}}' >/etc/docker/daemon.json
check 'remove' sh -c 'dpkg -r fimctl fim-dkms >/run/dpkg.log 2>&1'
check 'who still calls it is told' grep '/etc/docker/daemon.json calls it' /run/dpkg.log
rm -r /etc/docker
check_not 'the module is gone' grep -q '^fim ' /proc/modules
check 'writing passes' write_to /srv/www/page
check_not 'no unit runs' systemctl is-active fim fim-alerts
check 'settings stay' [ -e /etc/fim/policies.d/web.yaml ]
check 'purge' dpkg -P fimctl fim-dkms
left=$(find /etc /usr/lib/systemd /lib/systemd /usr/lib/modules /usr/sbin /usr/src \
	/usr/share/bash-completion /usr/share/doc /usr/share/man /var/lib /var/log \
	-name 'fim*' 2>/dev/null; ls -d /usr/share/fim 2>/dev/null)
check 'nothing is left' [ -z "$left" ]
[ -z "$left" ] || echo "$left"
exit 0
