# SPDX-License-Identifier: GPL-2.0
#
# row.awk - from the results of the tests on a kernel to its row.
#
#   awk -f row.awk -v label= -v release= -v arch= -v wanted= \
#       -v date= -v payloads= KERNEL-PAYLOAD.results...
#
# @wanted is the backend. A run that had another one has failed.
#
# Prints, separated by tabs:
#
#   row LABEL RELEASE ARCH BACKEND PASSED FAILED SKIPPED DATE
#   missing LABEL FUNCTION LOSES      a hook that this kernel lacks
#   skip LABEL REASON TEST            a test that does not apply (PROGRAM.NAME),
#                                     its variants once
#   fail LABEL TEST
#   unrun LABEL PAYLOAD               one of @payloads without results

$1 == "payload" {
	payload = $2
	sub(/-kprobe$/, "", payload)
}
/^(pass|fail|skip) / { ran[payload] = 1 }
$1 == "pass" { passed++ }
$1 == "fail" {
	failed++
	sub(/^fail /, "")
	fail[failed] = $0
}
$1 == "skip" {
	skipped++
	reason = test = $0
	if (!sub(/.*# *SKIP */, "", reason))
		reason = "the program does not run"
	sub(/^skip /, "", test)
	sub(/ *# *SKIP.*/, "", test)
	# "program: fixture.variant.name"
	if (test ~ /^[a-z0-9_]+: [^ ]+$/)
		sub(/: .*[.]|: /, ".", test)
	if (!seen[reason, test]++)
		skip[++skips] = reason "\t" test
}
$1 == "fact" && $2 == "release" { release = $3 }
$1 == "fact" && $2 == "partial" { partial = 1 }
$1 == "fact" && $2 == "backend" { backend = $3 }
$1 == "fact" && $2 == "missing" {
	hook = $3
	sub(/:$/, "", hook)
	sub(/^fact missing [^ ]* /, "")
	missing[++lacks] = hook "\t" $0
}

END {
	if (!passed && !failed)
		fail[++failed] = "no results"
	if (partial)
		fail[++failed] = "a part of the tests only"
	if ("selftests" in ran && backend != wanted)
		fail[++failed] = "the backend is " \
			(backend == "" ? "not known" : backend) ", not " wanted
	print "row\t" label "\t" release "\t" arch "\t" wanted "\t" \
		passed + 0 "\t" failed + 0 "\t" skipped + 0 "\t" date
	for (i = 1; i <= lacks; i++)
		print "missing\t" label "\t" missing[i]
	for (i = 1; i <= skips; i++)
		print "skip\t" label "\t" skip[i]
	n = split(payloads, name, " ")
	for (i = 1; i <= n; i++)
		if (!(name[i] in ran))
			print "unrun\t" label "\t" name[i]
	for (i = 1; i <= failed; i++)
		print "fail\t" label "\t" fail[i]
}
