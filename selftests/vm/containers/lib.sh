# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
#
# lib.sh - what payloads about containers share: the use case's policy, a root
# for containers, and looks at what holds where and what was recorded. Sourced
# after lib-guest.sh.
POLICY=/usr/share/fim/policies/harden-mysql-file-integrity-monitoring.yaml
NAME=harden-mysql-file-integrity-monitoring

# A root with programs of their own in /bin and /usr/bin, as mysql's had.
make_lower() {
	mkdir -p "$1"
	for dir in bin sbin usr/bin usr/sbin usr/lib etc tmp proc dev sys lib lib64 root; do
		mkdir -p "$1/$dir"
	done
	for program in touch sleep cat mkdir mv mount umount; do
		cp -L "/usr/bin/$program" "$1/bin/$program"
	done
	cp -L /usr/bin/dash "$1/bin/sh"
	cp -L /usr/bin/unshare "$1/usr/bin/unshare"
	cp -L /usr/sbin/chroot "$1/usr/sbin/chroot"
	cp /vm/fimctl "$1/usr/sbin/fimctl"
	for program in "$1"/bin/* "$1"/usr/bin/* "$1"/usr/sbin/*; do
		ldd "$program" | grep -o '/[^ ]*\.so[^ ]*'
	done | sort -u | while read -r lib; do
		mkdir -p "$1${lib%/*}"
		cp -L "$lib" "$1$lib"
	done
}

said() {
	grep -qF -- "$1" /tmp/output || { cat /tmp/output; false; }
}

alert_of() {
	last=$(status_of lastSequence)
	[ "$last" -ge "$1" ] || return 1
	timeout 20 fimctl watch --since "$1" --limit $((last - $1 + 1)) -o json |
		grep '"Type":"MatchedPolicy"' >/tmp/alerts
	head -n 1 /tmp/alerts >/tmp/alert
	[ -s /tmp/alert ]
}

next() {
	echo $(($(status_of lastSequence) + 1))
}

holds_for() {
	fimctl container list >/tmp/output
	grep "^$(echo "$1" | cut -c1-12)" /tmp/output | grep -q "$NAME" || {
		cat /tmp/output
		false
	}
}

none_left() {
	[ -z "$(fimctl container list)" ] && is marks "$1"
}

# no_privilege: fimctl was told that it may not.
no_privilege() {
	grep -qE 'not permitted|takes root in the initial' /tmp/output || {
		cat /tmp/output
		false
	}
}
