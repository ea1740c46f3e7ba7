# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
# machine: containers
# init: debian
#
# The use case's policy under systemd: a pod that podman plays, containers of
# containerd and docker, whose runtime is a wrapper, and a user's own podman.
. /vm/lib-guest.sh
[ "${1:-}" != early ] || exit 0
. /vm/containers/lib.sh

SH='touch /sbin/file; touch /tmp/file && echo passed'
MARKS=
mkdir -p /etc/fim /usr/libexec /run/lower /srv/guarded /srv/free
make_lower /run/lower
tar c -C /run/lower . >/tmp/root.tar
cp /vm/containers/fim-runc /usr/libexec/

clock() {
	say "$1 after $(cut -d. -f1 /proc/uptime) s"
}

# wait_for COMMAND...: until it succeeds
wait_for() {
	for _ in $(seq 60); do
		"$@" >/dev/null 2>&1 && return
		sleep 1
	done
	return 1
}

alert_has() {
	grep -qF -- "$1" /tmp/alert || { cat /tmp/alert; false; }
}

in_docker() {
	docker run --rm --network none --security-opt apparmor=unconfined \
		--runtime fim "$@" >/tmp/output 2>&1
}

in_containerd() {
	timeout 60 ctr run --rm --runc-binary /usr/libexec/fim-runc "$@" \
		>/tmp/output 2>&1
}

# refused_in NAME WHAT: the change was refused, and no other.
refused_in() {
	check "$1: a change is refused from the first instruction" \
		said "touch: cannot touch '/sbin/file': Permission denied"
	check "$1: beside it nothing is" said passed
}

allowed_in() {
	check "$1: another container may" said passed
	check_not "$1: and nothing is refused there" said 'Permission denied'
}

clock up
mkdir -p /etc/docker
echo '{"runtimes": {"fim": {"path": "/usr/libexec/fim-runc"}},
	"iptables": false, "bridge": "none"}' >/etc/docker/daemon.json
containerd >/tmp/containerd.log 2>&1 9>&- &
dockerd --containerd /run/containerd/containerd.sock >/tmp/dockerd.log 2>&1 9>&- &
check 'dockerd is up' wait_for docker version
docker import /tmp/root.tar mysql:1 >/dev/null
clock docker

check_not 'docker: without the module a container is not started' \
	in_docker mysql:1 sh -c "$SH"
check 'docker: and it is said why' said 'is not started: the module is not loaded'

check 'the module loads' insmod /vm/fim.ko
check "the use case's policy, unchanged" fimctl apply -f $POLICY
MARKS=$(status_of marks)

in_docker --label app=mysql mysql:1 sh -c "$SH"
refused_in docker
check 'docker: nothing is left' none_left "$MARKS"
in_docker --label app=web mysql:1 sh -c "$SH"
allowed_in docker
clock containerd

mkdir -p /run/db && tar x -C /run/db -f /tmp/root.tar
in_containerd --annotation app=mysql --rootfs /run/db db /bin/sh -c "$SH"
refused_in containerd
check 'containerd: nothing is left' none_left "$MARKS"
in_containerd --annotation app=web --rootfs /run/db web /bin/sh -c "$SH"
allowed_in containerd
clock podman

mkdir -p /etc/containers/oci/hooks.d
cp /vm/containers/fim.json /etc/containers/oci/hooks.d/
podman import -q /tmp/root.tar localhost/mysql:1 >/dev/null
cat >/tmp/pod.yaml <<END
apiVersion: v1
kind: Pod
metadata:
  name: mysql-0
  namespace: wordpress-mysql
  labels:
    app: mysql
  annotations:
    fim/labels: app=mysql
    fim/pod-name: mysql-0
    fim/namespace: wordpress-mysql
spec:
  containers:
  - name: mysql
    image: localhost/mysql:1
    imagePullPolicy: Never
    command: ["/bin/sh", "-c", "$SH; sleep 1000"]
END
before=$(next)
check 'a pod is played' podman --hooks-dir /etc/containers/oci/hooks.d \
	kube play --network none /tmp/pod.yaml
CID=$(podman inspect mysql-0-mysql --format '{{.Id}}')
check 'pod: the policy holds' holds_for "$CID"
check 'pod: its name is known' \
	sh -c "fimctl container list | grep -q 'wordpress-mysql/mysql-0'"
fimctl status >/tmp/output
check 'pod: status shows where the policy holds' \
	said "$(echo "$CID" | cut -c1-12) mysql-0-mysql: $NAME"
wait_for sh -c 'podman logs mysql-0-mysql | grep -q passed'
podman logs mysql-0-mysql >/tmp/output 2>&1
refused_in pod
check 'pod: there is an alert' alert_of "$before"
for key in '"PodName":"mysql-0"' '"NamespaceName":"wordpress-mysql"' \
	'"Labels":"app=mysql"' '"ContainerName":"mysql-0-mysql"' \
	'"ContainerImage":"localhost/mysql:1"' '"Resource":"/sbin/file"'; do
	check "pod: the alert has $key" alert_has "$key"
done
check 'pod: it is taken down' podman kube down /tmp/pod.yaml
check 'pod: nothing is left' none_left "$MARKS"
clock rootless

# A user's own containers
chmod 777 /srv/guarded /srv/free
chmod 644 /tmp/root.tar
policy guarded /srv/guarded >/tmp/guarded.yaml
check 'a host policy' fimctl apply -f /tmp/guarded.yaml
loginctl enable-linger user
wait_for test -S /run/user/1000/bus

as_user() {
	su user -c "export HOME=/home/user XDG_RUNTIME_DIR=/run/user/1000 \
		DBUS_SESSION_BUS_ADDRESS=unix:path=/run/user/1000/bus
		cd; $1" >/tmp/output 2>&1
}

check 'rootless: an image' as_user 'podman import -q /tmp/root.tar localhost/mysql:1'
check 'rootless: a container' as_user "podman run -d --privileged --network host \
	--name db -v /srv/guarded:/guarded -v /srv/free:/free \
	localhost/mysql:1 sleep 1000"
in_user() {
	as_user "podman exec db $1"
}

# denied COMMAND: in it, and for want of privilege
denied() {
	! as_user "timeout 20 podman exec db $1" && no_privilege
}

check 'rootless: it is root there, with all capabilities' \
	in_user "sh -c 'cat /proc/self/status; mount -t tmpfs none /free'"
check 'rootless: indeed' said 'CapEff:	000001ff'
check_not 'rootless: a host policy holds inside' in_user 'touch /guarded/x'
check 'rootless: beside it is not' in_user 'touch /sbin/x'
in_user 'umount /free'
check 'rootless: what is not guarded may change' in_user 'touch /free/x'
for command in "delete guarded" "container delete x" "container list" \
	"watch --limit 1" "watch --since 1 --limit 1"; do
	check "rootless: it may not: fimctl $command" \
		denied "fimctl $command"
done

# With a hook it can't be protected, and is not started unless configured to.
mkdir -p /run/hooks && cp /vm/containers/fim.json /run/hooks
rootless_hook() {
	as_user "podman --hooks-dir /run/hooks run --rm --network none \
		--annotation app=mysql localhost/mysql:1 sh -c '$SH'"
}
check_not 'rootless: with the hook a container is not started' rootless_hook
check_not 'rootless: not at all' said passed
echo 'container-failure = start' >/etc/fim/fim.conf
check 'rootless: unless configured to' rootless_hook
check 'rootless: then it runs' said passed
rm /etc/fim/fim.conf

# Root may add it.
as_user "podman inspect db --format '{{.State.Pid}}'"
check 'rootless: root adds it' fimctl container add --pid "$(tail -n 1 /tmp/output)" \
	--name db --label app=mysql
check 'rootless: the policy holds' sh -c "fimctl container list | grep -q $NAME"
check_not 'rootless: a change is refused' in_user 'touch /sbin/y'
check_not 'rootless: nor is a mount over it let through' \
	in_user 'mount -t tmpfs none /sbin'
check 'rootless: beside it nothing is' in_user 'touch /tmp/y'
as_user 'podman rm -f -t 0 db'
check 'rootless: nothing is left' wait_for none_left "$(status_of marks)"
clock 'all of it'

check 'the policies are deleted' fimctl delete $NAME guarded
check 'the module is unloaded' rmmod fim
exit 0
