#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
#
# shell.sh - the completion, in a bash, and the man pages: both have all commands
# and options that the tool's help has. Reports TAP.
#
#   shell.sh FIMCTL DIR        DIR has completion/ and man/
set -uo pipefail

tool=$(realpath "$1")
dir=$(realpath "$2")
number=0 failed=0

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

documents_all() {
	local command option page

	page=$(MANWIDTH=200 man -l "$dir/man/fimctl.8" | col -b)
	for command in $(commands); do
		grep -qE "^ +$command( |$)" <<<"$page" || echo "$command"
		for option in $(options "$command"); do
			grep -qwF -e "$option" <<<"$page" || echo "$command $option"
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
echo "1..$number"
exit $failed
