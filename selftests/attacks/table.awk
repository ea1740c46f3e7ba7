# SPDX-License-Identifier: GPL-2.0
#
# table.awk - from the logs of the tests to the table of the catalogue.
#
#   awk -f table.awk -v kernel=LABEL [-v left=PAYLOAD] catalogue tests \
#	[payload.results]... [unit-tests.log] selftests.log
#
# Prints a line for each result of a case, separated by tabs:
#
#   NUMBER TITLE TEST FILESYSTEM ACTION USER WANTED HAPPENED VERDICT KERNEL
#
# VERDICT: ok, FAILED, "not here" (HAPPENED says why). A case without a result
# has one line, whose verdict is "not tested" or "explained" if the catalogue
# says so, "not run" if it is a payload's that was left out (@left: "all", or the
# name of the one), else "VANISHED". Exit status 1 if any failed or vanished.

function result(id, test, where, user, want, got, verdict,    part) {
	if (!(id in title)) {
		printf "%s: %s is not in the catalogue\n", test, id >"/dev/stderr"
		status = 1
		return
	}
	split(where, part, "_")
	line[id] = line[id] id "\t" title[id] "\t" test "\t" part[1] "\t" \
		part[2] "\t" user "\t" want "\t" got "\t" verdict "\t" kernel "\n"
	if (verdict == "FAILED")
		status = 1
}

# The numbers of a test: in its own name, or in the list.
function ids_of(name, bare,    last, found, n, i, p) {
	last = bare
	sub(/.*\./, "", last)
	if (last ~ /^[A-Z][0-9][0-9]_/)
		found = substr(last, 1, 3)
	for (i = 1; i <= patterns; i++) {
		p = pattern[i]
		if (p ~ /\*$/ ? index(bare, substr(p, 1, length(p) - 1)) == 1 : bare == p) {
			used[i] = 1
			found = found " " numbers[i]
		}
	}
	return found
}

function each(ids, test, where, want, got, verdict,    n, i, id) {
	n = split(ids, id, " ")
	for (i = 1; i <= n; i++)
		result(id[i], test, where, "root", want, got, verdict)
}

# What a variant lacks on purpose is no gap.
function not_meant(why) {
	return why ~ /without a policy|it is to be refused|does it$|matters to a refusal|does not let its directory go/
}

# A test that wants nothing said what is missing.
function outcome(want, got) {
	if (want == "-")
		return "not here"
	return want == got ? "ok" : "FAILED"
}

function finish(verdict, why,    i, ids, bare, where, part, n) {
	if (test == "")
		return
	n = split(test, part, ".")
	bare = n > 2 ? part[1] "." part[3] : test
	where = n > 2 ? part[2] : "tmpfs_block"
	if (where !~ /_/)
		where = where "_block"
	if (program != "") {
		bare = program ":" test
		where = "-_-"
	}
	ids = ids_of(test, bare)
	if (verdict == "skip") {
		if (!not_meant(why))
			each(ids, test, where, "-", why, "not here")
	} else {
		for (i = 1; i <= cases; i++)
			if (case_id[i] != "-")
				result(case_id[i], case_name[i], where, \
					case_user[i], want[i], got[i], \
					outcome(want[i], got[i]))
			else
				each(ids, case_name[i], where, want[i], \
					got[i], outcome(want[i], got[i]))
		if (verdict == "FAILED" || !cases)
			each(ids, test, where, "as the test says", \
				verdict == "ok" ? "so it was" : "otherwise", verdict)
	}
	test = ""
	cases = 0
}

BEGIN {
	FS = "\t"
}

{
	sub(/\r$/, "")
}

FNR == 1 {
	finish("FAILED")
	program = ""
	file++
}

/^# SPDX/ || (file < 3 && /^#/) {
	next
}

file == 1 && /^\t/ {
	if ($2 ~ /^(not tested|explained): /) {
		excuse[last_id] = $2
		sub(/: .*/, "", excuse[last_id])
	}
	next
}

file == 1 {
	last_id = substr($0, 1, 3)
	order[++count] = last_id
	title[last_id] = $0
	sub(/^[A-Z0-9]+ [A-Z]+ /, "", title[last_id])
	next
}

file == 2 && NF {
	patterns++
	pattern[patterns] = $0
	sub(/ .*/, "", pattern[patterns])
	numbers[patterns] = substr($0, length(pattern[patterns]) + 2)
	next
}

# The results of a payload: "pass NAME", after a line with the payload's name
/^payload / {
	payload = substr($0, 9)
	next
}

payload != "" && /^(pass|fail|skip) / {
	ran["payload:" payload] = 1
	ids = ids_of("", "payload:" payload)
	if (sub(/^skip (.*# *SKIP *)?/, "")) {
		each(ids, payload, "ext4_-", "-", $0, "not here")
		next
	}
	each(ids, substr($0, 6), "ext4_-", \
		"as the test says", /^pass/ ? "so it was" : substr($0, 1, 4), \
		/^pass/ ? "ok" : "FAILED")
	next
}

/^# test_[a-z0-9]+$/ {
	program = substr($0, 3)
	next
}

/^# +RUN +/ {
	finish("FAILED")
	test = $0
	sub(/^# +RUN +/, "", test)
	sub(/ \.\.\.$/, "", test)
	next
}

/^# case\t/ {
	cases++
	case_id[cases] = $2
	case_name[cases] = $3
	case_user[cases] = $4
	want[cases] = $5
	got[cases] = $6
	next
}

/^# +SKIP +/ {
	why = $0
	sub(/^# +SKIP +/, "", why)
	finish("skip", why)
	next
}

/^# +OK +/ {
	finish("ok")
	next
}

/^# +FAIL +/ {
	finish("FAILED")
}

END {
	finish("FAILED")
	for (i = 1; i <= patterns; i++) {
		if (pattern[i] !~ /^payload:/ || pattern[i] in ran)
			continue
		if (left != "all" && pattern[i] != "payload:" left)
			continue
		n = split(numbers[i], part, " ")
		for (k = 1; k <= n; k++)
			if (!(part[k] in excuse))
				excuse[part[k]] = "not run"
	}
	for (i = 1; i <= count; i++) {
		id = order[i]
		if (id in line) {
			printf "%s", line[id]
			continue
		}
		verdict = id in excuse ? excuse[id] : "VANISHED"
		printf "%s\t%s\t-\t-\t-\t-\t-\t-\t%s\t%s\n", id, title[id], \
			verdict, kernel
		if (!(id in excuse))
			status = 1
	}
	exit status
}
