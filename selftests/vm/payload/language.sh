# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
#
# The policy language from the file to the kernel and back: what each part of it
# does, that get gives back what was applied, and that ten thousand rules are one
# transaction.
. /vm/lib-guest.sh

dir=/mnt/ext4/language
out=/tmp/out

# head NAME: what comes before "file" in a policy.
head_of() {
	cat <<-EOF
	apiVersion: security.kubearmor.com/v1
	kind: KubeArmorHostPolicy
	metadata:
	  name: $1
	  labels:
	    team: storage
	  annotations:
	    note: "1"
	spec:
	  nodeSelector:
	    matchLabels:
	      kubernetes.io/hostname: "*"
	  severity: 3
	  tags: [spec]
	EOF
}

# apply [OPTION]...: the policy on standard input.
apply() {
	cat >/tmp/language.yaml
	fimctl apply -f /tmp/language.yaml "$@" >$out 2>&1
	status=$?
	cat $out
	return $status
}

said() {
	grep -qF -- "$1" $out || { cat $out; false; }
}

mkdir -p $dir/tree $dir/other
for name in file tree/file other/file; do
	echo content >$dir/$name
done
ln $dir/file $dir/other/link

check 'load' insmod /fim.ko

# Files, and what all levels say.
{
	head_of language
	cat <<-EOF
	  file:
	    tags: [a, "2"]
	    message: of file
	    matchPaths:
	    - path: $dir/file
	      readOnly: true
	      message: "a: b"
	    matchDirectories:
	    - dir: $dir/tree/
	      readOnly: true
	      severity: 10
	EOF
} | check 'apply' apply
check 'two rules' is rules 2
check_not 'writing to the file' write_to $dir/file
check_not 'writing to it by its other name' write_to $dir/other/link
check_not 'writing below the directory' write_to $dir/tree/file
check 'writing elsewhere' write_to $dir/other/file
check 'reading' cat $dir/file $dir/tree/file
fimctl watch --since 1 --limit 5 -o json >/tmp/records
check "a rule's own message" grep -q '"Message":"a: b"' /tmp/records
check "the file's" grep -q '"Message":"of file"' /tmp/records
check "the file's tags" grep -q '"Tags":"a,2"' /tmp/records
check "the spec's severity" grep -q '"Severity":"3"' /tmp/records

# What get prints is what was applied.
fimctl get -o yaml >/tmp/first.yaml
check 'levels stay apart' cmp - /tmp/first.yaml <<EOF
apiVersion: security.kubearmor.com/v1
kind: KubeArmorHostPolicy
metadata:
  name: language
  labels:
    team: storage
  annotations:
    note: "1"
spec:
  nodeSelector:
    matchLabels:
      kubernetes.io/hostname: "*"
  severity: 3
  tags:
  - spec
  file:
    tags:
    - a
    - "2"
    message: of file
    matchPaths:
    - path: $dir/file
      readOnly: true
      message: "a: b"
    matchDirectories:
    - dir: $dir/tree/
      readOnly: true
      severity: 10
EOF
check 'what get printed is valid' fimctl check -f /tmp/first.yaml
check 'apply it' fimctl apply -f /tmp/first.yaml
fimctl get -o yaml >/tmp/second.yaml
check 'nothing has changed' cmp /tmp/first.yaml /tmp/second.yaml
check 'two rules still' is rules 2
fimctl get -o json >/tmp/first.json
check 'apply it as JSON' fimctl apply -f /tmp/first.json
fimctl get -o yaml >/tmp/second.yaml
check 'nothing has changed by that' cmp /tmp/first.yaml /tmp/second.yaml
check_not 'writing to the file still' write_to $dir/file

# Patterns, and who runs what.
{
	head_of callers
	cat <<-EOF
	  file:
	    matchPatterns:
	    - pattern: $dir/other/**.{txt,c[a-c]}
	      readOnly: true
	    matchDirectories:
	    - dir: $dir/other/
	      recursive: true
	      fromSource:
	      - path: /usr/bin/fimctl
	      - path: $dir/later
	      action: Allow
	EOF
} | check 'a pattern and sources' apply
check 'four rules' is rules 4
fimctl get callers -o yaml >/tmp/callers.yaml
check 'the pattern comes back' grep -qF "$dir/other/**.{txt,c[a-c]}" \
	/tmp/callers.yaml
check 'so do the sources' grep -qF "path: $dir/later" /tmp/callers.yaml
check 'apply them again' fimctl apply -f /tmp/callers.yaml
fimctl get callers -o yaml >/tmp/callers2.yaml
check 'nothing has changed in them' cmp /tmp/callers.yaml /tmp/callers2.yaml
check_not 'writing what the pattern matches' write_to $dir/other/new.txt
check_not 'and what its class does' write_to $dir/other/new.cb
check 'writing what it does not match' write_to $dir/other/new.cd
said_to_be() {
	fimctl explain $dir/other/new.txt "$@" | grep -q "create $said"
}
said='is refused and recorded'
check 'explain says so' said_to_be
said='passes'
check 'and that the trusted may' said_to_be --as /usr/bin/fimctl
check 'delete them' fimctl delete callers

# A file that matches by one of its names, and a mount where one would match.
mkdir -p $dir/hold/disk
mount -t tmpfs tmpfs $dir/hold/disk
for name in hold/a.conf hold/b hold/disk/c.conf; do
	echo content >$dir/$name
done
ln $dir/hold/a.conf $dir/other/a
ln $dir/hold/b $dir/other/b
{
	head_of names
	cat <<-EOF
	  file:
	    matchPatterns:
	    - pattern: $dir/hold/**.conf
	      readOnly: true
	EOF
} | check 'a pattern for a file with two names' apply
check 'the name outside is named' said \
	"$dir/hold/a.conf has 1 name that the pattern does not match"
check 'the mount is' said \
	"warning: $dir/hold/disk is mounted there, and the pattern"
check_not 'writing by the name that matches' write_to $dir/hold/a.conf
check_not 'writing by the other one' write_to $dir/other/a
check 'writing to what does not match' write_to $dir/other/b
check 'writing in the mount' write_to $dir/hold/disk/c.conf
check 'delete that' fimctl delete names
umount $dir/hold/disk

# What is about no files.
{
	head_of partly
	cat <<-EOF
	  process:
	    matchPaths:
	    - path: /bin/sh
	  file:
	    matchPaths:
	    - path: $dir/other/file
	      readOnly: true
	EOF
} >/tmp/partly.yaml
check_not 'a policy that is also about processes' apply </tmp/partly.yaml
check 'is refused with its place' said \
	"language.yaml:15:3: error: 'process' is not supported"
check 'nothing was applied' write_to $dir/other/file
check 'its part about files' apply --ignore-unsupported </tmp/partly.yaml
check 'says what was left out' said "15:3: warning: 'process' is left out"
check_not 'is in force' write_to $dir/other/file
check 'delete' fimctl delete partly

# Containers.
{
	head_of container
	echo '  file: {matchPaths: [{path: /a}]}'
} | sed 's/HostPolicy/Policy/; s/nodeSelector/selector/
	s|kubernetes.io/hostname: .*|app: mysql|' >/tmp/pod.yaml
check 'a policy for containers is valid' fimctl check -f /tmp/pod.yaml
check 'and is applied' apply </tmp/pod.yaml
check 'to no container yet' said '(1 rule, 0 containers)'
check 'delete' fimctl delete container

# The file of settings.
mkdir -p /etc/fim
echo 'file-posure = audit' >/etc/fim/fim.conf
check_not 'a misspelt setting stops apply' apply </tmp/first.yaml
check 'and has a place' said \
	"/etc/fim/fim.conf:1:1: error: unknown key 'file-posure'; did you mean 'file-posture'?"
check 'status goes on' fimctl status
rm /etc/fim/fim.conf

# Ten thousand rules.
now() {
	cut -d' ' -f1 /proc/uptime
}

# refused_soon FILE: making it is, as soon as all paths are looked at again; who
# makes a directory that a rule waits for waits three seconds at most.
refused_soon() {
	tries=0
	while touch "$1" 2>/dev/null; do
		rm "$1"
		tries=$((tries + 1))
		[ $tries -lt 60 ] || return
		sleep 1
	done
	[ ! -e "$1" ]
}

{
	head_of many
	echo '  file:'
	echo '    matchDirectories:'
	i=0
	while [ $i -lt 10000 ]; do
		echo "    - {dir: $dir/many/$((i % 100))/$i/, readOnly: true}"
		i=$((i + 1))
	done
} >/tmp/many.yaml
start=$(now)
check 'ten thousand rules are checked' fimctl check -f /tmp/many.yaml
middle=$(now)
check 'and applied' apply --no-scan </tmp/many.yaml
say "10000 rules: check from $start to $middle s, apply until $(now) s"
check 'all of them' is rules 10002
check 'all but two wait' is waiting 10000
mkdir -p $dir/many/7/1007
check 'the one whose directory comes takes hold' refused_soon $dir/many/7/1007/x
fimctl get many -o yaml >/tmp/many2.yaml
check 'all come back' sh -c '[ "$(grep -c "dir:" /tmp/many2.yaml)" = 10000 ]'

check 'delete all' fimctl delete many language
check 'writing to the file' write_to $dir/file
check 'unload' rmmod fim
exit 0
