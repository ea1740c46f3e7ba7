#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
#
# bench.sh - counts the instructions that FIM adds to system calls ("make
# bench"), prints them as a table beside what was promised, and writes them to
# build/bench.json.
#
#   bench.sh [--report] [KERNEL]...
#
# Fails if a budget is missed or the numbers cannot be trusted; with --report
# only in the latter case.
set -euo pipefail
cd "$(dirname "$0")/../.."
. selftests/vm/lib.sh
. selftests/vm/apt.sh
. selftests/vm/kernel.sh

report=0 kernels=()
for arg in "$@"; do
	case $arg in
	--report) report=1 ;;
	'') ;;
	*) kernels+=("$arg") ;;
	esac
done
selftests/vm/deps.sh
[ ${#kernels[@]} -gt 0 ] || mapfile -t kernels < <(kernel_names)
mkdir -p "$FIM_BUILD/log"
quietly "$FIM_BUILD/log/tool.log" make -C ctl
selftests/vm/vmtools.sh
json=$FIM_BUILD/bench.json
parts=()
status=0

# print_records FILE: what a record costs, beside one of the kernel's audit.
print_records() {
	awk '{ n[$2, $1] = $3 }
	END {
		print "| a change and its record | without | FIM | its line | audit | records a second, FIM to audit |"
		print "|---|---:|---:|---:|---:|---:|"
		split("latency flood same", what)
		for (i = 1; i in what; i++)
			printf "| %s | %d | %d | %d | %d | %.2f |\n", what[i],
				n[what[i], "plain"], n[what[i], "fim"],
				n[what[i], "line"], n[what[i], "audit"],
				n[what[i], "audit"] / n[what[i], "fim"]
	}' "$1"
}

# print_peers FILE: what is added by the module and by others in its place.
print_peers() {
	awk '{ n[$1, $2, $3] = $4 }
	!(($2, $3) in seen) { seen[$2, $3]; row[++rows] = $2 " " $3 }
	END {
		who_nr = split("fim landlock bpf apparmor audit fanotify", who)
		printf "| filesystem | operation | none |"
		for (i = 1; i <= who_nr; i++)
			printf " %s |", who[i]
		printf "\n|---|---|---:|"
		for (i = 1; i <= who_nr; i++)
			printf "---:|"
		print ""
		for (r = 1; r <= rows; r++) {
			split(row[r], a, " ")
			base = n["none", a[1], a[2]]
			printf "| %s | %s | %d |", a[1], a[2], base
			for (i = 1; i <= who_nr; i++)
				printf " %+d |", n[who[i], a[1], a[2]] - base
			print ""
		}
	}' "$1"
}

# AppArmor's profile, by its own compiler, which is taken and not installed.
peers_profile() {
	local tmp=$FIM_BUILD/apparmor

	[ ! -e "$FIM_BUILD/vm/peers.aa" ] || return 0
	rm -rf "$tmp"
	(apt_private bookworm,bookworm-security "$HOST_ARCH" &&
		apt_fetch "$tmp" apparmor)
	dpkg-deb -x "$tmp"/*.deb "$tmp"
	"$tmp/sbin/apparmor_parser" --config-file /dev/null --skip-cache \
		--features-file "$tmp/usr/share/apparmor-features/features" \
		--stdout selftests/bench/peers.apparmor >"$tmp/peers.aa"
	install -m 755 "$tmp/peers.aa" "$FIM_BUILD/vm/peers.aa"
}

peers_profile
for kernel in "${kernels[@]}"; do
	kernel_resolve "$(kernel_find "$kernel")"
	selftests/vm/build.sh "$K_NAME"
	results=$FIM_BUILD/$K_LABEL/bench.txt
	say "measuring on $K_RELEASE (a few minutes)"
	selftests/vm/run.sh --icount --timeout 1200 -o "$results" "$K_NAME" bench
	awk -v kernel="$K_LABEL" -v release="$K_RELEASE" \
		-v json="$FIM_BUILD/$K_LABEL/bench.json" -v report=$report \
		-f selftests/bench/table.awk "$results" || status=1
	results=$FIM_BUILD/$K_LABEL/records.txt
	selftests/vm/run.sh --icount --timeout 1200 -o "$results" "$K_NAME" records
	print_records "$results"
	results=$FIM_BUILD/$K_LABEL/peers.txt
	selftests/vm/run.sh --icount --timeout 1200 -o "$results" "$K_NAME" peers
	print_peers "$results"
	parts+=("$FIM_BUILD/$K_LABEL/bench.json")
done
{
	echo '{"unit": "instructions per operation", "kernels": ['
	for part in "${parts[@]}"; do
		[ "$part" = "${parts[0]}" ] || echo ','
		cat "$part"
	done
	echo ']}'
} >"$json"
say "written to $json"
exit $status
