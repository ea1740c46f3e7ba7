#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
#
# shell.sh - the completion, in a bash, and the man pages: both have all commands
# and options that the tool's help has; fim-runc; and that fim.yaml protects what is
# installed. Reports TAP.
#
#   shell.sh FIMCTL DIR        DIR has completion/ and man/
set -uo pipefail

tool=$(realpath "$1")
dir=$(realpath "$2")
number=0 failed=0
scratch=$(mktemp)
trap 'rm -f "$scratch"' EXIT

# check NAME COMMAND...: it says nothing if all is well.
check() {
	local name=$1 out
	shift

	number=$((number + 1))
	out=$("$@" 2>&1)
	if [ -z "$out" ]; then
		echo "ok $number $name"
	else
		sed 's/^/# /' <<<"$out"
		echo "not ok $number $name"
		failed=1
	fi
}

# The module is not there: these are in force.
fimctl() {
	case $* in
	get) printf 'NAME  ACTION\nweb  Block\nsystem  Audit\n$(pwd)  Block\n' ;;
	recommend) printf 'web-roots\n    Roots of web servers.\n$(pwd)\n' ;;
	*) "$tool" "$@" ;;
	esac
}

# What readline has beside it is told here: "files" may be completed as well.
compopt() {
	extra=files
}

. "$dir/completion/fimctl"

# words WORD...: what the last of them may become, in order.
words() {
	local function

	function=$(complete -p fimctl | sed -n 's/.* -F \([^ ]*\) fimctl$/\1/p')
	COMP_WORDS=(fimctl "$@")
	COMP_CWORD=$#
	extra=''
	"$function" fimctl "${@: -1}" "${COMP_WORDS[COMP_CWORD - 1]}"
	echo "${COMPREPLY[*]}${extra:+ +$extra}"
}

# completes EXPECTED WORD...
completes() {
	local expected=$1 found
	shift

	found=$(words "$@")
	[ "$found" = "$expected" ] || echo "\"$*\": $found"
}

commands() {
	"$tool" help | sed -n 's/^  \([a-z-]*\) .*/\1/p'
}

options() {
	"$tool" help "$1" | sed -n 's/^ *\(-[-a-z, ]*\).*/\1/p' |
		grep -oE -- '(^|[ ,])--?[a-z-]+' | tr -d ' ,'
}

completes_all() {
	local command option

	comm -3 <(commands | sort) <(words '' | tr ' ' '\n' | sort)
	for command in $(commands); do
		for option in $(options "$command"); do
			words "$command" - | grep -qwF -e "$option" ||
				echo "$command $option"
		done
	done
}

# source_of SECTION: of the man page, without the fonts of words.
source_of() {
	sed -n "/^\\.SH $1\$/,/^\\.SH/p" "$dir/man/fimctl.8" |
		sed 's/\\f[A-Z]//g; s/\\-/-/g; s/"//g'
}

# synopsis COMMAND: its lines there.
synopsis() {
	source_of SYNOPSIS | awk -v command="$1" '
	/^\.B fimctl/ { mine = $3 == command }
	mine'
}

# described COMMAND: what the page says of it, and first of all commands. A part
# begins with a tag that is in no list of options.
described() {
	source_of COMMANDS | awk -v command="$1" '
	$1 == ".RS" { depth++ }
	$1 == ".RE" { depth-- }
	tag && !depth { mine = $1 == ".B" && $2 == command; seen = 1 }
	{ tag = $1 == ".TP" }
	mine || !seen'
}

# has OPTION TEXT
has() {
	local word="(^|[^-a-z])$1([^-a-z]|\$)"
	[[ $2 =~ $word ]]
}

# either OPTION... TEXT: one of its names, which is what a synopsis has.
either() {
	local option
	for option in "${@:1:$#-1}"; do
		! has "$option" "${!#}" || return 0
	done
	return 1
}

# Filters are one word there.
in_synopsis() {
	local usage=$1 synopsis=$2 line word names
	while read -r line; do
		names=()
		for word in $line; do
			[[ $word == -* ]] || break
			names+=("${word%,}")
		done
		case $line in *' REGEX '*) names=(FILTER) ;; esac
		either "${names[@]}" "$usage" || echo "usage: $command ${names[*]}"
		either "${names[@]}" "$synopsis" || echo "SYNOPSIS: $command ${names[*]}"
	done < <("$tool" help "$command" | grep -E '^ +-')
}

documents_all() {
	local command option text

	for command in $(commands); do
		in_synopsis "$("$tool" help "$command" | head -n 1)" "$(synopsis "$command")"
		[ -n "$(synopsis "$command")" ] || echo "SYNOPSIS: $command"
		text=$(described "$command")
		grep -qxF -e ".B $command" <<<"$text" || echo "COMMANDS: $command"
		for option in $(options "$command"); do
			has "$option" "$text" || echo "COMMANDS: $command $option"
		done
	done
}

has_no_error() {
	man --warnings=w -E UTF-8 -Tutf8 -Z -l "$1" >/dev/null
}

# A terminal, where readline itself calls the function.
completes_at_a_terminal() {
	local out

	out=$({
		sleep 1
		printf '. %q\nfimctl() { echo "given: $*"; }\n' "$dir/completion/fimctl"
		sleep 1
		printf 'fimctl stat\t-o prom\t\nexit\n'
		sleep 1
	} | script -qec 'bash --norc --noprofile -i' /dev/null)
	grep -q 'given: status -o prometheus' <<<"$out" || echo "$out"
}

# runs EXPECTED WORD...: fim-runc, and what of it runs a runtime and the hook.
runs() {
	local expected=$1 found stub
	shift

	stub=$(mktemp -d)
	printf '#!/bin/sh\necho "runc $*" >>%s/log\n' "$stub" >"$stub/runc"
	printf '#!/bin/sh\ncat >/dev/null\necho "fimctl $*" >>%s/log\n' "$stub" \
		>"$stub/fimctl"
	chmod +x "$stub"/runc "$stub/fimctl"
	PATH=$stub:$PATH sh "$dir/../packaging/fim-runc" "$@" >/dev/null 2>&1 ||
		echo refused >>"$stub/log"
	found=$(paste -sd '|' "$stub/log")
	rm -r "$stub"
	[ "$found" = "$expected" ] || echo "\"$*\": $found"
}

# is_own FILE: the policy about FIM itself names it, or a directory above.
is_own() {
	local path

	while read -r path; do
		case $1 in
		"$path") return ;;
		"$path"*) [ "${path: -1}" != / ] || return 0 ;;
		esac
	done < <(sed -nE 's,^ *- (path|dir): ,,p' "$dir/../policies/fim.yaml")
	return 1
}

# What is installed, but for what is only read by people and their shells.
protects_itself() {
	local file prefix

	for prefix in /usr /usr/local; do
		sed "/^#/d; s,^,$prefix/," "$dir/../selftests/package/installed"
		for file in "$dir"/../policies/*.yaml; do
			echo "$prefix/share/fim/policies/${file##*/}"
		done
	done | grep -vE '/share/(man|bash-completion)/' >"$scratch"
	grep -qF libexec/fim-runc "$scratch" || echo "it is not known what is installed"
	# the links by which it is started, and what "make install" alone does not make
	cat >>"$scratch" <<-EOF
	/etc/systemd/system/sysinit.target.wants/fim.service
	/etc/rcS.d/S$(sed -n 's/^INITSCRIPT_PARAMS = "start \([0-9]*\) S \."/\1/p' \
		"$dir"/../packaging/yocto/fimctl_*.bb)fim
	$(sed -nE 's,.*\$\(TARGET_DIR\)(/etc/(init.d|runlevels/boot)/S?[0-9]*fim)$,\1,p' \
		"$dir/../packaging/buildroot/package/fim/fim.mk")
	$(make -s -n -C "$dir" install-initramfs-tools DESTDIR=/X | grep -oE '/X/[^ ]*/fim$' |
		sed 's,^/X,,')
	/etc/fim/fim.conf
	/etc/containers/oci/hooks.d/fim.json
	EOF
	while read -r file; do
		is_own "$file" || echo "nothing protects $file"
	done <"$scratch"
}

# Some shells have a VERSION of their own.
has_version() {
	MAKEFLAGS='' VERSION=9 make -s --no-print-directory -C "$dir" \
		--eval 'version: ; @echo $(VERSION)' version | diff - "$dir/../VERSION"
}

check 'the version is that of the sources, whatever the environment has' has_version
check 'every command and option is completed' completes_all
check 'the beginning of a command' completes 'explain' ex
check 'formats' completes 'text json pretty-json ecs cef' watch -o ''
check 'the beginning of a value' completes 'Block' apply --action B
check 'policies in force' completes 'web system' delete ''
check 'one of them' completes 'system' get s
check 'one that is ready-made' completes 'web-roots' recommend w
check 'a name runs no command' completes '' delete /
check 'nor that of a file' completes '' recommend /
check 'files' completes ' +files' apply -f ''
check 'nothing for a number' completes '' watch --limit ''
check 'at a terminal' completes_at_a_terminal
check 'the man page has every command and option' documents_all
for page in "$dir"/man/*; do
	check "${page##*/} has no error" has_no_error "$page"
done
check 'fim-runc: a container is added' runs \
	'runc --root /r --log=/l create -b /b c|runc --root /r state c|fimctl oci-hook --created' \
	--root /r --log=/l create -b /b c
check 'fim-runc: options with one dash' runs \
	'runc -root /r -log /l create c|runc --root /r state c|fimctl oci-hook --created' \
	-root /r -log /l create c
check 'fim-runc: a value that looks like an option' runs \
	'runc --log /root=x create c|runc state c|fimctl oci-hook --created' \
	--log /root=x create c
check 'fim-runc: other commands' runs 'runc --root /r kill c KILL' --root /r kill c KILL
check 'fim-runc: no command' runs 'runc --version' --version
check 'fim-runc: an option that it does not know' runs refused --new /r create c
check 'fim-runc: a command that it does not know' runs refused --root /r make c
check 'fim-runc: run' runs refused run c
check 'fim.yaml protects what is installed' protects_itself
echo "1..$number"
exit $failed
