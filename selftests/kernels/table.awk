# SPDX-License-Identifier: GPL-2.0
#
# table.awk - rows of row.awk as a table, for people or as what docs/kernels.md
# holds below its introduction.
#
#   awk -f table.awk -v format=text|markdown ROW.tsv...

BEGIN {
	FS = "\t"
}

# What is not there because of the kernel, with the kernels without it
function note(list, key, label) {
	if (!((list, key) in labels))
		order[list, ++count[list]] = key
	else if (index(", " labels[list, key] ", ", ", " label ", "))
		return
	labels[list, key] = labels[list, key] \
		(labels[list, key] == "" ? "" : ", ") label
}

$1 == "row" {
	rows++
	label = $2
	if (format == "markdown")
		row[rows] = "| " $3 " | " $4 " | " $5 " | " $6 " | " $7 " | " $8 " | " $9 " |"
	else
		row[rows] = sprintf("%-24s %-6s %-7s %4d passed, %d failed, %d skipped", \
			$3, $4, $5, $6, $7, $8)
	label = $2 ($5 == "kprobe" ? " (kprobe)" : "")
	all = all (all == "" ? "" : ", ") label
}
$1 == "missing" { note("missing", "`" $3 "()`: " $4, label) }
$1 == "skip" { note("skip", $3, label); tests[$3]++ }
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

END {
	if (format == "markdown") {
		print "| kernel | architecture | backend | passed | failed | skipped | run |"
		print "|---|---|---|---|---|---|---|"
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
	section("skip", "What is skipped", \
		"Why, and on which of the kernels.")
}
