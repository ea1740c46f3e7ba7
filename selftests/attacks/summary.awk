# SPDX-License-Identifier: GPL-2.0
#
# summary.awk - a row for each case of the catalogue, from tables of table.awk.
#
#   awk -f summary.awk -v format=text|markdown catalogue TABLE...
#
# A table's kernel is its column. "markdown" is what docs/attacks.md holds below
# its introduction.

function add(list, text) {
	if (index("; " list ";", "; " text ";"))
		return list
	return list == "" ? text : list "; " text
}

# Where a case was tried: "ext4 BA-, tmpfs BA-"
function places(id,    n, fs, i, action, text, all) {
	n = split("ext4 tmpfs overlay", fs, " ")
	for (i = 1; i <= n; i++) {
		text = ""
		if ((id, fs[i], "block") in seen)
			text = text "B"
		if ((id, fs[i], "audit") in seen)
			text = text "A"
		if ((id, fs[i], "none") in seen)
			text = text "N"
		if (text != "" || (id, fs[i], "-") in seen)
			all = all (all == "" ? "" : ", ") fs[i] (text == "" ? "" : " ") text
	}
	if ((id, "user") in seen)
		all = all "; also as a user"
	return all
}

function outcomes(id,    n, action, i, text, list, parts) {
	n = split("block audit none modes -", action, " ")
	for (i = 1; i <= n; i++) {
		list = happened[id, action[i]]
		if (list == "")
			continue
		if (split(list, parts, "; ") > 3)
			list = parts[1] "; " parts[2] "; and others, as expected"
		text = text (text == "" ? "" : ". ") letter[action[i]] list
	}
	return text
}

function verdict(id, kernel,    text) {
	if ((id, kernel, "FAILED") in number)
		return number[id, kernel, "FAILED"] " FAILED"
	if ((id, kernel, "VANISHED") in number)
		return "VANISHED"
	if ((id, kernel, "ok") in number)
		return number[id, kernel, "ok"] " ok"
	if ((id, kernel, "not here") in number)
		return "not here: " why[id, kernel]
	if ((id, kernel, "explained") in number)
		return "explained"
	return (id, kernel, "not run") in number ? "not run" : "not tested"
}

function cell(text) {
	gsub(/\|/, "\\|", text)
	gsub(/_/, "\\_", text)
	return text
}

function plain(text) {
	sub(/^explained: /, "", text)
	return text
}

# Whom modes keep out is refused by the kernel before anybody is asked.
function how() {
	return $3 ~ /kept out by modes$/ ? "modes" : $5
}

function markdown(    i, k, id, row) {
	printf "| case | kind | what | what happened | where |"
	for (k = 1; k <= kernels; k++)
		printf " %s |", kernel_name[k]
	printf "\n|---|---|---|---|---|"
	for (k = 1; k <= kernels; k++)
		printf "---|"
	print ""
	for (i = 1; i <= count; i++) {
		id = order[i]
		row = "| " id " | " kind[id] " | " cell(title[id]) " | " \
			cell(outcomes(id)) " | " places(id) " |"
		for (k = 1; k <= kernels; k++)
			row = row " " cell(verdict(id, kernel_name[k])) " |"
		print row
	}
	print "\n## Remarks\n"
	for (i = 1; i <= count; i++)
		if (order[i] in remark)
			printf "- **%s**, %s: %s\n", order[i], \
				cell(title[order[i]]), plain(remark[order[i]])
}

function text(    i, k, id, sum, state) {
	for (i = 1; i <= count; i++) {
		id = order[i]
		for (k = 1; k <= kernels; k++) {
			state = verdict(id, kernel_name[k])
			printf "%-3s %-8s %-40.40s  %-36.36s  %-24s  %s: %s\n", id, \
				kind[id], title[id], outcomes(id), places(id), \
				kernel_name[k], state
			sub(/^[0-9]+ /, "", state)
			sub(/:.*/, "", state)
			sum[state]++
		}
	}
	printf "%d cases:", count
	for (state in sum)
		printf " %d %s,", sum[state], state
	print " see build/attacks for each"
}

BEGIN {
	FS = "\t"
	letter["block"] = "Block: "
	letter["audit"] = "Audit: "
	letter["none"] = "no policy: "
	letter["modes"] = "kept out by modes: "
	letter["-"] = ""
}

FNR == 1 {
	file++
}

file == 1 && /^\t/ {
	if (remark[last] != "")
		remark[last] = remark[last] " "
	remark[last] = remark[last] $2
	next
}

file == 1 && !/^#/ {
	last = substr($0, 1, 3)
	order[++count] = last
	title[last] = $0
	sub(/^[A-Z0-9]+ [A-Z]+ /, "", title[last])
	kind[last] = $0
	sub(/^[A-Z0-9]+ /, "", kind[last])
	sub(/ .*/, "", kind[last])
	next
}

file > 1 {
	if (!($10 in is_kernel)) {
		is_kernel[$10] = 1
		kernel_name[++kernels] = $10
	}
	number[$1, $10, $9]++
	if ($9 == "not here")
		why[$1, $10] = $8
	if ($9 != "ok" && $9 != "FAILED")
		next
	seen[$1, $4, $5] = 1
	if ($6 == "a user")
		seen[$1, "user"] = 1
	if ($8 != "so it was")
		happened[$1, how()] = add(happened[$1, how()], $8)
}

END {
	if (format == "markdown")
		markdown()
	else
		text()
}
