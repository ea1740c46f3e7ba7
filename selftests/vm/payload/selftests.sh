# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
#
# Loads the module and runs every test program of /tests in turn. Each reports
# (K)TAP; a program that exits with an error, is killed after five minutes, or
# reports less than its plan has a failure more.
#
# On the kernel's command line: fim.tests=A,B runs these only, fim.timeout=S is
# for a kernel that is slow, fim.module=PARAMETER is given to the module.
. /vm/lib-guest.sh

only=$(boot_option tests)
limit=$(boot_option timeout)
parameter=$(boot_option module)

wanted() {
	case ,${only:-$1}, in
	*,"$1",*) ;;
	*) return 1 ;;
	esac
}

# What docs/kernels.md says about the kernel
facts() {
	[ -z "$only" ] || report 'fact partial'
	report "fact release $(uname -r)"
	report "fact machine $(uname -m)"
	fimctl status -o json | tr ',{}' '\n' |
	sed -nE 's/^[[:space:]]*"(backend|name|state|loses)"[[:space:]]*:[[:space:]]*"(.*)"/\1 \2/p' |
	awk '$1 == "backend" { print "fact " $0 }
		$1 == "name" { name = $2 }
		$1 == "state" { state = $2 }
		$1 == "loses" && state == "missing" {
			sub(/^loses /, "")
			print "fact missing " name ": " $0
		}' >&9
}

# tap NAME STATUS <output: its top-level results as the port's lines. The harness
# names a test that it skips only when it begins.
tap() {
	awk -v name="$1" -v status="$2" '
	/^# +RUN +/ {
		test = $0
		gsub(/^# +RUN +| \.\.\.$/, "", test)
	}
	/^1\.\.[0-9]+/ { plan = substr($1, 4) + 0 }
	/^(not )?ok [0-9]+/ {
		seen++
		what = $0
		sub(/^(not )?ok [0-9]+ *(- *)?/, "", what)
		if (what ~ /^# *(SKIP|skip)/)
			what = test " " what
		if (what ~ /# *(SKIP|skip)/)
			print "skip " name ": " what
		else if ($1 == "ok" || what ~ /# *XFAIL/)
			print "pass " name ": " what
		else {
			failed++
			print "fail " name ": " what
		}
	}
	END {
		if (seen < plan)
			print "fail " name ": " seen " of " plan " results"
		else if (!seen && status != 4)
			print "fail " name ": no result, exit status " status
		else if (status && status != 4 && !failed)
			print "fail " name ": exit status " status
		else if (!seen)
			print "skip " name ": exit status 4"
	}'
}

# The programs wait for what is coalesced, and are one source that makes many
# records.
check 'the module loads' insmod /fim.ko coalesce_ms=250 burst=1024 rate=200 \
	ring=4096 ${parameter:+"$parameter"}
facts
for program in /tests/*; do
	[ -x "$program" ] || continue
	name=${program##*/}
	wanted "$name" || continue
	cd /
	start=$(date +%s)
	timeout ${limit:-300} "$program" >/tmp/tap 2>&1 9>&-
	status=$?
	cat /tmp/tap
	tap "$name" "$status" </tmp/tap >/tmp/results
	cat /tmp/results >&9
	say "$name: $(grep -c ^pass /tmp/results) passed," \
		"$(grep -c ^fail /tmp/results) failed," \
		"$(($(date +%s) - start)) s"
done
check 'the module is unloaded' rmmod fim
exit 0
