# SPDX-License-Identifier: GPL-2.0
#
# table.awk - judges the lines of the payload "bench": prints a table of what is
# added to the baseline, and writes a JSON object. Variables: kernel, release,
# json (a file), report (1: a missed budget is no error).

# budget(WHERE, OPERATION): most instructions that may be added, or "".
#
# A hook takes 34 to 37 by itself, and a look at the filesystem ends it where that
# has no marks: 48 for each of the three hooks of creating and unlinking.
function budget(where, op)
{
	if (where == "loaded")
		where = "unmarked"
	if (op == "read" || op == "write" || op == "stat")
		return 0
	if (op == "open-read")
		return 40
	if (op == "open-write")
		return where == "unmarked" ? 48 : 120
	if (op == "create-unlink")
		return where == "unmarked" ? 144 : 360
	return ""
}

function abs(x)
{
	return x < 0 ? -x : x
}

# What a repeated baseline may differ by, seen in many runs.
function noise(base)
{
	return base / 5000 > 8 ? base / 5000 : 8
}

function distrust(why)
{
	printf "not trustworthy: %s\n", why
	distrusted++
}

function miss(fs, op, where, added, most)
{
	missed[++misses] = sprintf("%s, %s, %s: +%d, budget +%d", fs, op,
				   where, added, most)
}

# cell(FS, OP, WHERE): "+23", marked if it is above its budget.
function cell(fs, op, where,    base, added, most)
{
	if (!((where, fs, op) in n)) {
		distrust("no result: " fs ", " op ", " where)
		return "?"
	}
	base = n["baseline", fs, op]
	added = n[where, fs, op] - base
	most = budget(where, op)
	if (most != "" && added > most + noise(base)) {
		miss(fs, op, where, added, most)
		return sprintf("%+d!", added)
	}
	return sprintf("%+d", added)
}

$1 == "clock" { clock = $2; next }

{
	n[$1, $2, $3] = $4
	if ($1 == "baseline") {
		rows++
		row_fs[rows] = $2
		row_op[rows] = $3
	}
}

function print_table(    r, s, fs, op)
{
	printf("\nLinux %s: instructions added to each call\n\n", release)
	printf("  %-6s %-14s %9s %8s %8s %8s %9s %9s\n", "fs", "operation",
	       "baseline", "loaded", "armed", "10 000", "unmarked", "budget")
	for (r = 1; r <= rows; r++) {
		fs = row_fs[r]
		op = row_op[r]
		printf("  %-6s %-14s %9d", fs, op, n["baseline", fs, op])
		for (s = 1; s <= states; s++)
			printf(s == states ? " %9s" : " %8s",
			       cell(fs, op, state[s]))
		printf(" %9s\n", budgets(op))
		compare(fs, op)
	}
	print ""
}

# budgets(OPERATION): as a column, with that of a filesystem without marks.
function budgets(op,    most, less)
{
	most = budget("armed", op)
	less = budget("unmarked", op)
	if (most == "")
		return "-"
	return most == less ? "+" most : "+" most "/" less
}

# compare(FS, OP): what one state says about another.
function compare(fs, op,    base, again, one, many)
{
	base = n["baseline", fs, op]
	again = n["baseline2", fs, op]
	one = n["armed", fs, op]
	many = n["rules", fs, op]
	if (abs(again - base) > base / 100)
		distrust(sprintf("%s, %s: %d before, %d after", fs, op, base,
				 again))
	if (many > one * 1.02)
		missed[++misses] = sprintf("%s, %s: 10 000 rules cost %d, one %d",
					   fs, op, many, one)
}

function write_json(    r, s, m, fs, op, comma)
{
	printf("{\"kernel\": \"%s\", \"release\": \"%s\", ", kernel,
	       release) >json
	printf("\"trustworthy\": %s,\n \"results\": [",
	       distrusted ? "false" : "true") >json
	for (r = 1; r <= rows; r++) {
		fs = row_fs[r]
		op = row_op[r]
		comma = r == 1 ? "" : ","
		printf("%s\n  {\"fs\": \"%s\", \"operation\": \"%s\"", comma,
		       fs, op) >json
		printf(", \"baseline\": %d", n["baseline", fs, op]) >json
		for (s = 1; s <= states; s++)
			printf(", \"%s\": %d", state[s],
			       n[state[s], fs, op]) >json
		printf("}") >json
	}
	printf("],\n \"missed\": [") >json
	for (m = 1; m <= misses; m++) {
		comma = m == 1 ? "" : ", "
		printf("%s\"%s\"", comma, missed[m]) >json
	}
	print "]}" >json
}

END {
	states = split("loaded armed rules unmarked", state, " ")
	if (abs(clock - 1000) > 10)
		distrust("the clock does not count instructions: " clock / 1000)
	if (!rows)
		distrust("no result")
	print_table()
	for (m = 1; m <= misses; m++)
		print "missed: " missed[m]
	if (!distrusted && !misses)
		print "every budget is met"
	write_json()
	exit distrusted || (misses && !report)
}
