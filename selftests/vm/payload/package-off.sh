# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
# machine: package
#
# The machine of package.sh, booted with fim=off: nothing is in force.
. /vm/lib-guest.sh

say "up after $(cut -d' ' -f1 /proc/uptime) s"
check 'fim=off is on the command line' grep -qw fim=off /proc/cmdline
check_not 'the module is not loaded' grep -q '^fim ' /proc/modules
for who in before network user; do
	check "$who may write" [ -e /run/passed-$who ]
done
check 'no service has failed' [ -z "$(systemctl list-units --failed -q --plain)" ]
systemctl list-units --failed
check 'systemctl says why' sh -c \
	'systemctl status fim | grep -q "fim=off"'
check 'alerts are not looked for' sh -c \
	'[ "$(systemctl is-active fim-alerts)" = inactive ]'
check 'by hand it can be loaded' modprobe fim
exit 0
