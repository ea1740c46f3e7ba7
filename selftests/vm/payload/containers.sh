# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
# machine: containers
#
# The use case that the project was created from, in containers that real
# runtimes make: runc and crun with an OCI bundle, and podman. The policy is
# KubeArmor's own, unchanged, and the alert is the one that it documents.
. /vm/lib-guest.sh
. /vm/containers/lib.sh

ID=b75628d4225b8071d5795da342cf2a5c03b1d67b22b40016697fcd17a0db20e4
MYSQL='"io.kubernetes.cri.container-name": "mysql",
	"io.kubernetes.cri.image-name": "docker.io/library/mysql:5.6@sha256:20575ecebe6216036d25dab5903808211f1e9ba63dc7825ac20cb975e34cfcae",
	"io.kubernetes.cri.sandbox-name": "mysql-74775b4bf4-65nqf",
	"io.kubernetes.cri.sandbox-namespace": "wordpress-mysql",
	"fim/owner": "Deployment/mysql", "app": "mysql"'
CAPS='"CAP_DAC_OVERRIDE", "CAP_CHOWN", "CAP_FOWNER"'
ALL_CAPS="$CAPS, \"CAP_SYS_ADMIN\", \"CAP_SYS_CHROOT\", \"CAP_MAC_ADMIN\", \"CAP_NET_ADMIN\""

# bundle ID COMMAND ANNOTATIONS [CAPS]: its root is an overlay.
bundle() {
	dir=/run/bundles/$1
	mkdir -p "$dir/rootfs" "$dir/upper" "$dir/work"
	mount -t overlay overlay -o "lowerdir=${LOWER:-/run/lower},upperdir=$dir/upper,workdir=$dir/work" \
		"$dir/rootfs" || return 1
	command=$(echo "$2" | tr '\n\t' '  ')
	annotations=$(echo "$3" | tr '\n' ' ')
	sed "s|@COMMAND@|$command|; s|@ID@|$1|; s|@CAPS@|${4:-$CAPS}|g; s|@ANNOTATIONS@|$annotations|" \
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

# A host of cgroup v1 has none of what containers are told apart by.
umount /sys/fs/cgroup
mount -t tmpfs none /sys/fs/cgroup
mkdir /sys/fs/cgroup/systemd
mount -t cgroup -o none,name=systemd none /sys/fs/cgroup/systemd
fimctl apply -f $POLICY >/tmp/output 2>&1
check 'cgroup v1: apply says so' said 'holds for none: this host has no cgroup v2'
fimctl status >/tmp/output
check 'cgroup v1: status says so' said 'this host has no cgroup v2'
fimctl container add --pid $$ >/tmp/output 2>&1
check 'cgroup v1: no container is added' said 'this host has no cgroup v2'
fimctl delete $NAME
umount /sys/fs/cgroup/systemd /sys/fs/cgroup
mount -t cgroup2 cgroup2 /sys/fs/cgroup
fimctl apply -f $POLICY >/tmp/output 2>&1
check_not 'cgroup v2: there is no such warning' said cgroup
fimctl delete $NAME

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
check_not 'nor in a mount namespace of its own, too' in_it \
	'echo 0 >/sys/fs/cgroup/out/cgroup.procs; unshare -m touch /sbin/x'
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
# Everybody leaves the cgroup, which is removed.
in_it "for p in \$(cat /sys/fs/cgroup/test/$ID/cgroup.procs); do
	echo \$p >/sys/fs/cgroup/out/cgroup.procs; done" || true
check 'its cgroup is removed' rmdir /sys/fs/cgroup/test/$ID
check 'the policy holds still' holds_for $ID
check_not 'a change is refused still' nsenter -t "$PID" -m -p /bin/touch /sbin/z5
check 'beside it is not' nsenter -t "$PID" -m -p /bin/touch /tmp/z5
kill -9 "$PID"
sleep 1
runc delete -f $ID
check 'it is gone' none_left "$MARKS"
check 'nothing of it is kept busy' unbundle $ID

# A first process that changes its root is no runtime at work.
bundle chroots "for d in bin lib lib64 usr sbin; do
	mkdir -p /tmp/r/\$d; mount --bind /\$d /tmp/r/\$d; done; mkdir /tmp/r/root;
	exec chroot /tmp/r /bin/sh -c 'mount -t tmpfs none /root \&\& echo beside;
	if mount -t tmpfs none /sbin; then echo mounted; else echo refused; fi'" '"app": "mysql"' "$ALL_CAPS"
before=$(next)
run_once runc chroots
check 'with another root: a mount beside' said beside
check 'with another root: none over it' said refused
timeout 10 fimctl watch --since "$before" --action Block --limit 1 -o json >/tmp/output
check 'with another root: that is recorded' said MOUNT
check 'with another root: nothing is kept busy' unbundle chroots

# One whose root is somebody else on the host: it has all capabilities, in a user
# namespace of its own, and the host's network namespace, where the module is.
cp -a /run/lower /run/mapped && chown -R 100000:100000 /run/mapped
LOWER=/run/mapped bundle mapped 'sleep 1000' '"app": "mysql"' "$ALL_CAPS"
python3 /vm/containers/mapped.py /run/bundles/mapped/config.json
check 'user namespace: a container is started' sh -c \
	'runc run -d --bundle /run/bundles/mapped mapped </dev/null >/tmp/output 2>&1'
in_mapped() {
	timeout 20 runc exec --cap CAP_SYS_ADMIN --cap CAP_MAC_ADMIN \
		--cap CAP_NET_ADMIN --cap CAP_DAC_OVERRIDE mapped \
		/bin/sh -c "$1" >/tmp/output 2>&1
}
check 'user namespace: the policy holds' holds_for mapped
check 'user namespace: its root is not the host'"'"'s' in_mapped 'cat /proc/self/uid_map'
check 'user namespace: it has its own' said '100000'
check 'user namespace: a change beside' in_mapped 'touch /tmp/x'
check_not 'user namespace: a change' in_mapped 'touch /sbin/x'
check 'user namespace: a mount beside' in_mapped 'mount -t tmpfs none /root && umount /root'
check_not 'user namespace: a mount over it' in_mapped 'mount -t tmpfs none /sbin'
for command in "delete $NAME" 'container delete mapped' 'container list' \
	'watch --limit 1' 'watch --since 1 --limit 1'; do
	in_mapped "/usr/sbin/fimctl $command"
	check "user namespace: it may not: fimctl $command" no_privilege
done
runc delete -f mapped
sleep 1
check 'user namespace: nothing is left' none_left "$MARKS"
check 'user namespace: nothing is kept busy' unbundle mapped

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

# As with a runtime that makes no cgroup: it is in that of who called fimctl.
mkdir /sys/fs/cgroup/shared
sh -c 'echo $$ >/sys/fs/cgroup/shared/cgroup.procs
	fimctl container add --pid $$' >/tmp/output 2>&1
check 'none is added that has no cgroup of its own' said "is fimctl's own or one above"
rmdir /sys/fs/cgroup/shared
check 'nothing is left of it' none_left "$MARKS"

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
