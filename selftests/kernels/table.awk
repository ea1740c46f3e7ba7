# SPDX-License-Identifier: GPL-2.0
#
# table.awk - rows of row.awk as a table, for people or as what docs/kernels.md
# holds below its introduction.
#
#   awk -f table.awk -v format=text|markdown ROW.tsv...

BEGIN {
	FS = "\t"
}

# add LIST TEXT: the list with this in it once
function add(list, text) {
	if (index(", " list ", ", ", " text ", "))
		return list
	return list (list == "" ? "" : ", ") text
}

# What is not there because of the kernel, with the kernels without it
function note(list, key, label) {
	if (!((list, key) in labels))
		order[list, ++count[list]] = key
	labels[list, key] = add(labels[list, key], label)
}

$1 == "row" {
	rows++
	label = $2 ($5 == "kprobe" ? " (kprobe)" : "")
	if (format == "markdown")
		row[rows] = "| " label " | " $3 " | " $4 " | " $5 " | " $6 " | " $7 " | " $8 " | " $9 " |"
	else
		row[rows] = sprintf("%-24s %-6s %-7s %4d passed, %d failed, %d skipped", \
			$3, $4, $5, $6, $7, $8)
	all = add(all, label)
}
$1 == "missing" { note("missing", "`" $3 "()`: " $4, label) }
$1 == "skip" {
	note("skip", $3, label)
	tests[$3] = add(tests[$3], "`" $4 "`")
}
$1 == "fail" { note("fail", $3, label) }
$1 == "unrun" { note("unrun", $3, label) }

function section(list, title, text,    i, key) {
	if (!count[list])
		return
	if (format == "markdown")
		printf "\n## %s\n\n%s\n\n", title, text
	else
		printf "  %s:\n", tolower(title)
	for (i = 1; i <= count[list]; i++) {
		key = order[list, i]
		if (format == "markdown")
			printf "- %s: %s\n", key, labels[list, key] == all ? \
				"everywhere" : labels[list, key]
		else
			printf "    %s\n", key
	}
}

# What no kernel does says nothing about any.
function skips(    i, reason, everywhere) {
	for (i = 1; i <= count["skip"]; i++)
		if (labels["skip", order["skip", i]] == all)
			everywhere++
	print "\n## What is skipped\n"
	print "The reason, the tests, and the kernels. Not listed are " everywhere + 0 \
		" reasons that hold on all of\nthem, as they are not about what" \
		" a kernel lacks: most are combinations of a test with an action," \
		"\na filesystem or a disk that make no sense. Faults are injected" \
		" by `make check-debug`.\n"
	for (i = 1; i <= count["skip"]; i++) {
		reason = order["skip", i]
		if (labels["skip", reason] != all)
			printf "- %s (%s): %s\n", reason, tests[reason], \
				labels["skip", reason]
	}
}

END {
	if (format == "markdown") {
		print "| label | kernel | architecture | backend | passed | failed | skipped | run |"
		print "|---|---|---|---|---|---|---|---|"
	}
	for (i = 1; i <= rows; i++)
		print row[i]
	section("fail", "Failed", "Tests that fail, and where.")
	section("unrun", "Not run", \
		"Payloads that did not run in the last run, and where.")
	if (format == "text")
		exit
	section("missing", "Hooks that kernels lack", \
		"The function, what its hook protects, and the kernels without it.")
	skips()
}
