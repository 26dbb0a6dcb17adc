# SPDX-License-Identifier: GPL-2.0-only
# awk -f parity.awk STOCK OURS LIST: compares the output of the probes with the stock backend and with ours
# (lines "KEY: ANSWER"), and the differences with LIST. LIST is a Markdown table with rows
# "| `KEY` | `STOCK` | `OURS` | REASON |". The answer `none` stands for no line. A KEY that ends in * stands for
# all keys that begin with it. A key that begins with "lost" counts what got lost on
# the way: the stock backend may lose one, hvlens none. Prints TAP: one check per section (the first word of a key) and one per listed difference.

function check(good, what)
{
	printf "%s %d - %s\n", good ? "ok" : "not ok", ++checks, what
}

function code(field)
{
	gsub(/^ *`|` *$/, "", field)
	return field
}

FNR == 1 { file++ }

file < 3 {
	colon = index($0, ": ")
	key = colon ? substr($0, 1, colon - 1) : $0
	if ((file, key) in answer || !colon)
		bad[++bads] = (file == 1 ? "stock: " : "ours: ") $0
	answer[file, key] = substr($0, colon + 2)
	if (!(key in seen)) {
		seen[key]
		order[++keys] = key
	}
	next
}

/^\| *`/ {
	fields = split($0, field, /\|/)
	key = code(field[2])
	if (fields != 6 || key in want_stock || field[5] ~ /^ *$/)
		bad[++bads] = "list: " $0
	rows[++listed] = key
	want_stock[key] = code(field[3])
	want_ours[key] = code(field[4])
}

function answer_of(side, key)
{
	return (side, key) in answer ? answer[side, key] : "none"
}

function show(key)
{
	return "#   " key "\n#     stock: " answer_of(1, key) "\n#     ours:  " answer_of(2, key) "\n"
}

function begins(key, row)
{
	return substr(row, length(row)) == "*" && index(key, substr(row, 1, length(row) - 1)) == 1
}

# as_listed(KEY): true if a row is about this key; counts the rows that hold
function as_listed(key, i, row)
{
	for (i = 1; i <= listed; i++) {
		row = rows[i]
		if (key != row && !begins(key, row))
			continue
		if (answer_of(2, key) == want_ours[row] &&
		    answer_of(1, key) == want_stock[row])
			holds[row]++
		else
			fails[row] = fails[row] show(key)
		return 1
	}
	return 0
}

END {
	check(file == 3 && !bads, "each key once, each row with four fields")
	for (i = 1; i <= bads; i++)
		print "#   " bad[i]

	for (i = 1; i <= keys; i++) {
		key = order[i]
		section = substr(key " ", 1, index(key " ", " ") - 1)
		if (!(section in asked))
			sections[++count] = section
		asked[section]++
		if (section == "lost") {
			printf "%s", show(key)
			if (answer_of(1, key) > 1 || answer_of(2, key) != 0)
				shown[section] = shown[section] show(key)
			continue
		}
		if (as_listed(key) || answer_of(1, key) == answer_of(2, key))
			continue
		shown[section] = shown[section] show(key)
	}
	for (i = 1; i <= count; i++) {
		section = sections[i]
		check(!shown[section], section ": no difference that is not listed, in " asked[section] " answers")
		printf "%s", shown[section]
	}

	for (i = 1; i <= listed; i++) {
		row = rows[i]
		check(holds[row] && !fails[row] && want_stock[row] != want_ours[row], "listed: " row)
		printf "%s", fails[row]
	}
	print "1.." checks
}
