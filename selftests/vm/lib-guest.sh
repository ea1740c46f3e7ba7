# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
#
# lib-guest.sh - what payloads use to report, and how a run ends. File descriptor
# 9 is the port, which takes lines:
#
#   pass NAME, fail NAME, skip NAME   one result
#   fact NAME TEXT                    what the kernel is like, kept with these
#   say TEXT, show TEXT               progress; what the user came to see
#   data TEXT                         a line of the result's file
#   end ok, end fail WHY              the verdict
#
# A run without an "end" line has failed: the machine panicked or hangs.

open_port() {
	for port in /dev/vport*; do
		exec 9>"$port"
	done
}

report() {
	echo "$*" >&9
}

say() {
	report "say $*"
}

pass() {
	report "pass $*"
}

# On the console too, in the midst of what led to it.
fail() {
	echo "FAILED: $*"
	report "fail $*"
}

skip() {
	report "skip $*"
}

# boot_option NAME: the value of fim.NAME= on the kernel's command line.
boot_option() {
	tr ' ' '\n' </proc/cmdline | sed -n "s/^fim\.$1=//p"
}

# check NAME COMMAND...: one result.
check() {
	_name=$1
	shift
	if "$@" 9>&-; then
		pass "$_name"
	else
		fail "$_name"
	fi
}

# check_not NAME COMMAND...: the command has to fail.
check_not() {
	_name=$1
	shift
	if "$@" 9>&-; then
		fail "$_name"
	else
		pass "$_name"
	fi
}

# status_of KEY: a number out of "fimctl status -o json".
status_of() {
	fimctl status -o json | tr ',{}' '\n' |
		sed -n "s/^[[:space:]]*\"$1\"[[:space:]]*:[[:space:]]*\\([0-9]*\\).*/\\1/p" |
		head -n 1
}

# is KEY NUMBER: the status has this number; else it is shown.
is() {
	[ "$(status_of "$1")" = "$2" ] || {
		fimctl status
		false
	}
}

# write_to FILE: a change of it.
write_to() {
	echo changed >>"$1"
}

# policy NAME DIRECTORY...: one that blocks changes in them.
policy() {
	cat <<-EOF
	apiVersion: security.kubearmor.com/v1
	kind: KubeArmorHostPolicy
	metadata:
	  name: $1
	spec:
	  nodeSelector:
	    matchLabels:
	      kubernetes.io/hostname: "*"
	  severity: 5
	  action: Block
	  file:
	    matchDirectories:
	EOF
	shift
	for _dir in "$@"; do
		printf '    - dir: %s/\n      recursive: true\n      readOnly: true\n' \
			"$_dir"
	done
}

# Where allocations are made to fail, the kernel shows who had no memory, and
# warns of a kprobe that it has to be asked twice to disarm.
without_injected() {
	[ -e /sys/kernel/debug/failslab ] || exec cat
	awk '/vmalloc error: |page allocation failure: / { injected = 1 }
		/cut here/ { held = $0 "\n"; next }
		/Failed to disarm kprobe-ftrace at .* \(error -12\)/ {
			injected = 1
			held = ""
			getline
			next
		}
		/Call Trace:/ && injected { injected = 0; next }
		{ printf "%s%s\n", held, $0; held = "" }
		END { printf "%s", held }'
}

# What the kernel complained about, while it booted too, and whether it calls
# itself tainted by more than a module from outside (4096, 8192), or by
# somebody who answers for opens by fanotify (65536).
splats() {
	dmesg | without_injected | grep -E -f /vm/splats
	taint=$(($(cat /proc/sys/kernel/tainted) & ~(4096 | 8192 | 65536)))
	# the warning that is left out taints the kernel too (512); others show above
	! dmesg | grep -q 'Failed to disarm kprobe-ftrace at .* (error -12)' ||
		taint=$((taint & ~512))
	[ $taint -eq 0 ] || echo "tainted: $taint"
}

# begin_leaks: what the kernel has lost until now is not ours. Its own thread
# would keep those waiting who wait for all tasks, for as long as it looks.
leaks=/sys/kernel/debug/kmemleak
begin_leaks() {
	[ -e $leaks ] || return 0
	echo scan=off >$leaks
	echo clear >$leaks
}

# What the kernel finds lost, if it looks for that. What was just freed, or is
# in a register, looks lost at first.
leaks() {
	[ -e $leaks ] || return
	for _scan in 1 2; do
		sleep 6
		echo scan >$leaks
	done
	cat $leaks
}

finish() {
	leaks >/tmp/leaks
	# the kernel's log has their number only
	cat /tmp/leaks
	found=$(splats)
	if [ -n "$found" ]; then
		echo "splat: $found"
		dmesg | tail -n 200
		report "end fail splat: $(echo "$found" | head -n 1)"
	elif [ -s /tmp/leaks ]; then
		report "end fail leak: $(head -n 1 /tmp/leaks)"
	elif [ "$1" -ne 0 ]; then
		report "end fail payload: exit status $1"
	else
		report "end ok"
	fi
	sync
	poweroff -f
}
