# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
#
# fimctl apply --keep-going: of a directory of policies those that are right are
# put into force, whatever is wrong with the others.
. /vm/lib-guest.sh

dir=/mnt/ext4/keep
policies=/tmp/policies
out=/tmp/out

# apply CODE [OPTION]...
apply() {
	_code=$1
	shift
	fimctl apply --keep-going -f $policies "$@" >$out 2>&1
	_got=$?
	cat $out
	[ $_got -eq "$_code" ]
}

said() {
	grep -qF -- "$1" $out
}

logged() {
	dmesg | grep -F 'fimctl: ' | grep -qF -- "$1" || {
		dmesg | tail -n 20
		false
	}
}

mkdir -p $dir/one $dir/two $dir/three $policies
echo content >$dir/file
policy one $dir/one >$policies/10-one.yaml
policy two $dir/two >$policies/30-two.yaml

insmod /fim.ko || exit 1
check 'all are right' apply 0
check 'two are in force' is policies 2
check_not 'one refuses' touch $dir/one/x
check_not 'two refuses' touch $dir/two/x
fimctl delete one two

# no YAML; a policy that the kernel refuses between two that it takes; a name that
# is there already
echo 'metadata: [' >$policies/00-broken.yaml
policy refused $dir/file >$policies/20-refused.yaml
{ cat $policies/10-one.yaml; echo ---; policy other $dir/three; } \
	>$policies/40-again.yaml
check_not 'without it nothing is applied' fimctl apply -f $policies
check 'nothing is' is policies 0
check 'some are wrong' apply 4
check 'the others are in force' is policies 2
check_not 'one refuses' touch $dir/one/x
check_not 'two refuses' touch $dir/two/x
check 'what is skipped does not' touch $dir/three/x
check 'nor what was refused' write_to $dir/file
check 'a file that is no YAML is named' said '/00-broken.yaml:'
check 'a path that is no directory, by its place' said \
	"/20-refused.yaml:13:12: error: '$dir/file/': "
check 'a second policy of a name' said '/40-again.yaml:4:9: error: '
check 'how many' said '3 skipped; the others are in force'
check 'the log has the file' logged \
	"$policies/00-broken.yaml:"
check 'the refused policy' logged \
	"$policies/20-refused.yaml:4:9: policy 'refused' is refused and skipped: "
check 'the second of a name' logged \
	"is given twice, first at $policies/10-one.yaml:4:9; the file is skipped"

# what is skipped and in force stays so
policy refused $dir/three >$policies/20-refused.yaml
rm $policies/00-broken.yaml $policies/40-again.yaml
check 'it is right now' apply 0
policy refused $dir/file >$policies/20-refused.yaml
check 'and wrong again' apply 4 --prune
check 'the one from before stays' is policies 3
check_not 'it refuses' touch $dir/three/y
rm $policies/20-refused.yaml
check 'its file is gone' apply 0 --prune
check 'and so is the policy' is policies 2
check 'it passes' touch $dir/three/y

rm $policies/*
echo x >$policies/a.yaml
check 'nothing is right' apply 2
check 'which is logged' logged "$policies/a.yaml:1:"
check 'what was in force stays' is policies 2
mkdir -p /etc/fim
policy one $dir/one >$policies/a.yaml
echo nonsense >/etc/fim/fim.conf
check_not 'a broken fim.conf' fimctl apply -f $policies
check 'does not disarm' apply 4
check 'and is logged' logged '/etc/fim/fim.conf has errors'
check 'dry run' apply 4 --dry-run
fimctl delete one two
check 'nothing is left' is policies 0
rm /etc/fim/fim.conf
policy refused $dir/file >$policies/a.yaml
check 'the only one is refused' apply 2
check 'no transaction is left open' apply 2
check 'nothing is in force' is policies 0
exit 0
