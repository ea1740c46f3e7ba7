# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
# machine: package
#
# The machine of package.sh, booted by its own initramfs: a policy of early.d is in
# force before init, which has tried to write (selftests/package/install.sh).
. /vm/lib-guest.sh

say "up after $(cut -d' ' -f1 /proc/uptime) s"
dmesg | grep -E 'fim|early'
check "init's write was refused" sh -c 'dmesg | grep -q "early write: refused"'
check 'its twin passed' sh -c 'dmesg | grep -q "beside it: passed"'
check 'the policy is in force' sh -c 'fimctl get | grep -q "^early "'
check 'and the later ones' sh -c 'fimctl get | grep -q "^web "'
check "init's alert is in the journal" sh -c 'for _ in $(seq 60); do
	journalctl -b -t fim -o cat | grep /srv/early/file && exit
	sleep 1; done; exit 1'
check_not 'writing is refused' write_to /srv/early/file
check 'the boot went on' systemctl is-active multi-user.target
exit 0
