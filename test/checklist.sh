#!/bin/sh
# Copyright (c) 2026 The asioauth authors. Boost Software License 1.0 (see LICENSE).
#
# The checklist of client requirements (test/checklist.tsv: one row for each MUST or SHOULD of the
# standards, by its id) against the tests that say which row they prove (`// covers C-9207-2`), and
# the list of mistakes that other clients made (test/defects.tsv, `// catches D-3`).
#
#   test/checklist.sh             what is missing, and two closing lines:
#                                     defects: caught/total
#                                     checklist: covered/total
#   test/checklist.sh --rows      each row with the files that cover it
#
# Fails if a row that is due (its column says `now`) or a mistake has no test, or if a test names a
# row that is not in the list.

set -eu

cd "$(dirname "$0")/.."
found=$(mktemp)
trap 'rm -f "$found"' EXIT
# Not this file, which names rows as examples.
grep -rnoE '(covers|catches)(,? [CD]-[A-Za-z0-9]+(-[A-Za-z0-9]+)?)+' test example \
    --include='*.cpp' --include='*.hpp' --include='*.mjs' --include='*.sh' --include='*.txt' \
    --exclude=checklist.sh |
    awk -F: '{ n = split($3, w, ",? "); for (i = 2; i <= n; i++) print w[i] "\t" $1 }' |
    sort -u >"$found"

awk -F'\t' -v rows="${1:-}" '
    FILENAME == ARGV[1] { files[$1] = files[$1] " " $2; next }
    /^#/ || NF < 2 { next }
    {
        known[$1] = 1
        defect = $1 ~ /^D-/
        due = defect || $2 == "now"
        if (due) total[defect]++
        if ($1 in files) { if (due) covered[defect]++ }
        else if (due) { print "no test: " $1 "  " $3; bad = 1 }
        if (rows == "--rows") print $1 "\t" $2 "\t" files[$1]
    }
    END {
        for (id in files) if (!(id in known)) { print "no such row: " id " in" files[id]; bad = 1 }
        printf "defects: %d/%d\n", covered[1], total[1]
        printf "checklist: %d/%d\n", covered[0], total[0]
        exit bad
    }' "$found" test/checklist.tsv test/defects.tsv
