# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
# machine: containers
#
# The use case that the project was created from, in containers that real
# runtimes make: runc and crun with an OCI bundle, and podman. The policy is
# KubeArmor's own, unchanged, and the alert is the one that it documents.
. /vm/lib-guest.sh

ID=b75628d4225b8071d5795da342cf2a5c03b1d67b22b40016697fcd17a0db20e4
POLICY=/usr/share/fim/policies/harden-mysql-file-integrity-monitoring.yaml
NAME=harden-mysql-file-integrity-monitoring
MYSQL='"io.kubernetes.cri.container-name": "mysql",
	"io.kubernetes.cri.image-name": "docker.io/library/mysql:5.6@sha256:20575ecebe6216036d25dab5903808211f1e9ba63dc7825ac20cb975e34cfcae",
	"io.kubernetes.cri.sandbox-name": "mysql-74775b4bf4-65nqf",
	"io.kubernetes.cri.sandbox-namespace": "wordpress-mysql",
	"fim/owner": "Deployment/mysql", "app": "mysql"'
CAPS='"CAP_DAC_OVERRIDE", "CAP_CHOWN", "CAP_FOWNER"'
ALL_CAPS="$CAPS, \"CAP_SYS_ADMIN\", \"CAP_SYS_CHROOT\", \"CAP_MAC_ADMIN\", \"CAP_NET_ADMIN\""

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
	cp /vm/fimctl "$1/usr/sbin/fimctl"
	for program in "$1"/bin/* "$1"/usr/bin/* "$1"/usr/sbin/*; do
		ldd "$program" | grep -o '/[^ ]*\.so[^ ]*'
	done | sort -u | while read -r lib; do
		mkdir -p "$1${lib%/*}"
		cp -L "$lib" "$1$lib"
	done
}

# bundle ID COMMAND ANNOTATIONS [CAPS]: its root is an overlay.
bundle() {
	dir=/run/bundles/$1
	mkdir -p "$dir/rootfs" "$dir/upper" "$dir/work"
	mount -t overlay overlay -o "lowerdir=/run/lower,upperdir=$dir/upper,workdir=$dir/work" \
		"$dir/rootfs" || return 1
	annotations=$(echo "$3" | tr '\n' ' ')
	sed "s|@COMMAND@|$2|; s|@ID@|$1|; s|@CAPS@|${4:-$CAPS}|g; s|@ANNOTATIONS@|$annotations|" \
		/vm/containers/config.json >"$dir/config.json"
}

# Nothing of the container keeps it mounted.
unbundle() {
	umount "/run/bundles/$1/rootfs" && rm -rf "/run/bundles/$1"
}

run_once() {
	runtime=$1 id=$2
	$runtime run --bundle "/run/bundles/$id" "$id" >/tmp/output 2>&1
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

seed_alert() {
	cat >/etc/fim/fim.conf <<-END
	cluster-name = aditya
	cluster-id = 3896
	workload = 1
	instance-group = 0
	instance-id = 0
	END
	alert_of "$1" && cat /tmp/alert &&
	python3 /vm/containers/alert.py /vm/containers/expected-alert.json /tmp/alert
}

mkdir -p /etc/fim
make_lower /run/lower
LINE="cd /sbin; touch file; touch /tmp/file \&\& echo passed"

# Without the module nothing is known about a container's policies.
bundle none 'echo it runs' '"app": "mysql"'
check_not 'without the module a container is not started' run_once runc none
check 'and it is said why' said 'is not started: the module is not loaded'
echo 'container-failure = start' >/etc/fim/fim.conf
check 'unless configured to' run_once crun none
check 'then it runs' said 'it runs'
rm /etc/fim/fim.conf
unbundle none

check 'the module loads' insmod /vm/fim.ko
check "the use case's policy, unchanged" fimctl apply -f $POLICY
check 'holds for nothing yet' none_left "$(status_of marks)"
MARKS=$(status_of marks)

for runtime in runc crun; do
	check "$runtime: a bundle" bundle $ID "$LINE" "$MYSQL"
	before=$(next)
	run_once $runtime $ID
	check "$runtime: the use case's command is refused" \
		said "touch: cannot touch 'file': Permission denied"
	check "$runtime: beside it nothing is" said passed
	check "$runtime: the alert is the documented one" seed_alert "$before"
	check "$runtime: nothing is left" none_left "$MARKS"
	check "$runtime: nothing is kept busy" unbundle $ID

	bundle other "$LINE" '"app": "web"'
	run_once $runtime other
	check "$runtime: another container may" said passed
	check_not "$runtime: and nothing is refused" said 'Permission denied'
	check "$runtime: nothing is left of it" unbundle other
done

# One that runs: who gets at its files, and how.
bundle $ID 'sleep 1000' "$MYSQL" "$ALL_CAPS"
check 'a container is started' sh -c \
	"runc run -d --bundle /run/bundles/$ID $ID </dev/null >/dev/null 2>&1"
check 'the policy holds for it' holds_for $ID
PID=$(runc state $ID | sed -n 's/.*"pid": *\([0-9]*\).*/\1/p')
ROOT=/run/bundles/$ID/rootfs

# in_it NAME COMMAND: as "exec" does it, with every capability.
in_it() {
	runc exec --cap CAP_SYS_ADMIN --cap CAP_DAC_OVERRIDE --cap CAP_SYS_CHROOT \
		$ID /bin/sh -c "$1"
}

check 'exec: a change beside' in_it 'touch /tmp/x'
check_not 'exec: a change' in_it 'touch /sbin/x'
check_not 'by nsenter' nsenter -t "$PID" -m /bin/touch /sbin/x
check_not 'by nsenter with all namespaces' nsenter -t "$PID" -a /bin/touch /sbin/x
check_not 'in a mount namespace of its own' in_it 'unshare -m touch /sbin/x'
check_not 'in a user namespace of its own' in_it 'unshare -Um touch /sbin/x'
check_not 'in a pid namespace of its own' in_it 'unshare -pf touch /sbin/x'
check_not 'through /proc/1/root' in_it 'touch /proc/1/root/sbin/x'
check_not 'after a remount' in_it 'mount -o remount,rw /; touch /sbin/x'
check_not 'a mount over it' in_it 'mount -t tmpfs none /sbin'
check_not 'a bind mount over its parent' in_it 'mount --bind /tmp /usr'
check 'a mount beside it' in_it 'mount -t tmpfs none /root && umount /root'
check_not 'its parent is moved away' in_it 'mv /usr /usr2'
# the cgroupfs is in it, and can be written to
check 'it leaves its cgroup' in_it \
	'mkdir /sys/fs/cgroup/out; echo 0 >/sys/fs/cgroup/out/cgroup.procs || true'
check_not 'from another cgroup' in_it \
	'mkdir -p /sys/fs/cgroup/out; echo 0 >/sys/fs/cgroup/out/cgroup.procs; touch /sbin/x'
check_not 'it changes no policy' in_it "/usr/sbin/fimctl delete $NAME"
check_not 'it forgets no container' in_it "/usr/sbin/fimctl container delete $ID"
check 'the host may' touch "$ROOT/sbin/x"
check 'and through /proc' touch "/proc/$PID/root/sbin/y"

# Policies come and go.
check 'the policy is deleted' fimctl delete $NAME
check 'at once a change passes' in_it 'touch /sbin/z'
check 'it is applied again' fimctl apply -f $POLICY
check_not 'at once a change is refused' in_it 'touch /sbin/z2'

# As if no hook had been there.
check 'the container is deleted' fimctl container delete $ID
check 'a change passes' in_it 'touch /sbin/z3'
check 'it is found by a scan' fimctl container scan
check 'and the policy holds for it' holds_for $ID
check_not 'a change is refused' in_it 'touch /sbin/z4'
runc kill $ID KILL
sleep 1
runc delete -f $ID
check 'it is gone' none_left "$MARKS"
check 'nothing of it is kept busy' unbundle $ID

# One without a hook, by hand
unshare -m -p -f sh -c 'mkdir /sys/fs/cgroup/by-hand
	echo $$ >/sys/fs/cgroup/by-hand/cgroup.procs
	exec sleep 1000' &
sleep 1
pid=$(head -n 1 /sys/fs/cgroup/by-hand/cgroup.procs)
check 'a container is added by hand' fimctl container add --pid "$pid" --label app=mysql
check_not 'a change' nsenter -t "$pid" -m touch /usr/bin/by-hand
check 'of the host' touch /usr/bin/by-hand
kill -9 "$pid"
sleep 1
rmdir /sys/fs/cgroup/by-hand
check 'it is gone when its cgroup is' none_left "$MARKS"

# Many in a row
bundle many ':' '"app": "mysql"'
start=$(cut -d. -f1 /proc/uptime)
failed=0
count=$(sed -n 's/.*fim.containers=\([0-9]*\).*/\1/p' /proc/cmdline)
for _ in $(seq "${count:-200}"); do
	run_once crun many || failed=$((failed + 1))
done
say "${count:-200} containers in $(($(cut -d. -f1 /proc/uptime) - start)) s"
check 'many are started and stopped' [ $failed = 0 ]
check 'nothing is left of them' none_left "$MARKS"
check 'nothing is kept busy' unbundle many

# podman
cp /vm/containers/fim.json /etc/containers/oci/hooks.d/
pm() {
	podman --cgroup-manager=cgroupfs --events-backend=file \
		--hooks-dir /etc/containers/oci/hooks.d "$@"
}

mount -t overlay overlay -o lowerdir=/run/lower,upperdir=/run/pu,workdir=/run/pw /mnt 2>/dev/null ||
	{ mkdir -p /run/pu /run/pw; mount -t overlay overlay \
	-o lowerdir=/run/lower,upperdir=/run/pu,workdir=/run/pw /mnt; }
pm run -d --name db --network none --annotation app=mysql --rootfs /mnt \
	sleep 1000 >/tmp/output 2>&1 || cat /tmp/output
CID=$(pm inspect db --format '{{.Id}}')
check 'podman: the policy holds' holds_for "$CID"
check 'podman: its name is known' sh -c "fimctl container list | grep -q ' db '"
check 'podman: exec beside' pm exec db touch /tmp/x
check_not 'podman: exec is refused' pm exec db touch /sbin/x
pm rm -f -t 0 db >/dev/null
check 'podman: it is gone' none_left "$MARKS"
check 'podman: nothing is kept busy' umount /mnt

check 'the policy is deleted at the end' fimctl delete $NAME
check 'the module is unloaded' rmmod fim
exit 0
