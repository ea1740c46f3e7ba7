# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
#
# What the harness has to find: fim.harness= on the command line says which.
. /vm/lib-guest.sh

pass 'the machine is up'
case $(sed 's/.*fim\.harness=\([a-z]*\).*/\1/' /proc/cmdline) in
none) ;;
fail) fail 'a test' ;;
status) exit 3 ;;
splat) echo '<3>BUG: not really' >/dev/kmsg ;;
panic) echo c >/proc/sysrq-trigger ;;
hang) sleep 1000 ;;
esac
exit 0
