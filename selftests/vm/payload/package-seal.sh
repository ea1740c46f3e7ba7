# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
# machine: package
#
# The machine of package.sh, booted with fim.seal=yes, which stands for "seal = yes"
# in fim.conf, and a second time with fim=off as well: the module is sealed, and
# stays so when the packages are upgraded, and when they go. The second time fim.yaml
# is in force, which keeps them.
. /vm/lib-guest.sh

says_sealed() {
	"$@" 2>&1 | tee /run/said
	grep -q 'sealed until reboot' /run/said
}

say "up after $(cut -d' ' -f1 /proc/uptime) s"
grep -ow fim=off /proc/cmdline
systemctl status --no-pager -l fim
check 'the module is sealed' sh -c 'fimctl status | grep -q "state *sealed"'
check 'the policy is in force' sh -c 'fimctl get | grep -q "^web "'
check 'the network may not write' [ -e /run/refused-network ]
check 'nor a service' [ -e /run/refused-user ]
check_not 'writing is refused' write_to /srv/www/page
check 'its twin passes' write_to /srv/page
check 'no service has failed' [ -z "$(systemctl list-units --failed -q --plain)" ]
systemctl list-units --failed
check 'the journal has it' sh -c 'for _ in $(seq 60); do
	journalctl -b -t fim -o cat | grep -q sealed && exit
	sleep 1; done; exit 1'
check 'no policy can be deleted' says_sealed fimctl delete web
check_not 'the module cannot be unloaded' rmmod fim
check 'fim.service stops' systemctl stop fim
check_not 'and cannot apply any more' systemctl start fim
check 'for this reason' sh -c 'systemctl status fim | grep -q "sealed until reboot"'
if grep -qw fim.own=yes /proc/cmdline; then
	check_not 'FIM itself is protected: it is not removed' sh -c \
		'dpkg -P fimctl >/run/dpkg.log 2>&1'
	cat /run/dpkg.log
	check 'which says until when' grep 'until the next boot' /run/dpkg.log
	check 'nothing is half done' [ \
		"$(dpkg-query -W -f '${db:Status-Status}' fimctl)" = installed ]
	check 'the units are there' systemctl cat fim fim-alerts
	exit 0
fi
touch /etc/dkms/no-autoinstall
check 'the packages are upgraded' sh -c 'dpkg -i /root/new/*.deb'
check 'the new version is there' [ \
	"$(dpkg-query -W -f '${Version}' fimctl)" = "$(cat /root/version).1" ]
check 'the module is sealed' sh -c 'fimctl status | grep -q "state *sealed"'
check_not 'writing is refused' write_to /srv/www/page
# stands for what a policy keeps from being removed
mkdir -p /var/log/fim/kept
mount -t tmpfs kept /var/log/fim/kept
check 'the packages are removed' sh -c 'dpkg -P fimctl fim-dkms >/run/dpkg.log 2>&1'
cat /run/dpkg.log
check 'what stays is told' grep 'keeps /var/log/.*fim: remove it' /run/dpkg.log
check 'settings are gone' [ ! -e /etc/fim ]
check_not 'writing is refused even so' write_to /srv/www/page
exit 0
