# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
# machine: package
#
# The machine of package.sh, booted with fim=off, or with a kernel that takes no
# module that it has no key for, and then without a module: nothing is in force.
. /vm/lib-guest.sh

# fim.service has failed, with the reason, and says loudly what that means.
unprotected() {
	systemctl status --no-pager -l fim
	check "$1: the unit has failed" systemctl is-failed fim
	check "$1: systemctl status says why" sh -c \
		"systemctl status -l -n 50 fim | grep '$2'"
	check "$1: and what that means" sh -c \
		'systemctl status -l fim | grep "$(uname -r): nothing is protected"'
	check_not "$1: the module is not loaded" grep -q '^fim ' /proc/modules
}

say "up after $(cut -d' ' -f1 /proc/uptime) s"
if grep -qw module.sig_enforce=1 /proc/cmdline; then
	unprotected 'no key' 'Key was rejected by service'
	check 'the kernel log has it' sh -c \
		'dmesg | grep "fimctl: no module in Linux $(uname -r): nothing is protected"'
	check 'and the reason' sh -c 'dmesg | grep "Loading of .*module.* is rejected"'
	check 'the boot went on' systemctl is-active multi-user.target
	check 'everybody may write' [ -e /run/passed-user ]
	find "/lib/modules/$(uname -r)" -name 'fim.ko*' -delete
	depmod
	check_not 'no module: it does not start' systemctl restart fim
	unprotected 'no module' 'Module fim not found'
	exit 0
fi
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
