#!/bin/sh
# Copyright (c) 2026 The asioauth authors. Boost Software License 1.0 (see LICENSE).
#
# How much is tested: prints a line for each count and fails if one is below test/counts.txt.
#
#   counts.sh BUILD_DIR            compares
#   counts.sh BUILD_DIR --record   writes today's numbers to test/counts.txt

set -eu

build=$1
case $build in /*) ;; *) build=$PWD/$build ;; esac
cd "$(dirname "$0")/.."
table=test/counts.txt

# Boost.Test lists suites and cases; a case is a line that nothing deeper follows.
cases_of() {
    "$build/test/asioauth_test_$1" --list_content 2>&1 | awk '
        { match($0, /^ */); depth = RLENGTH }
        NR > 1 && depth <= before { n++ }
        { before = depth }
        END { print n + (NR > 0) }'
}

counts() {
    for label in unit flow quirks net store hardening faults; do
        if [ -x "$build/test/asioauth_test_$label" ]; then
            echo "$label-test-cases $(cases_of "$label")"
        else
            echo "$label-test-cases 0"
        fi
    done
    echo "examples $(find example -maxdepth 1 -name '[0-9]*.cpp' | wc -l)"
    echo "conformance-runs $(grep -cE '^(client|authorization)[[:space:]]' test/conformance/scenarios.txt)"
    echo "browser-scenarios $(cat test/browser/*.mjs | grep -c "^scenario('")"
    echo "tool-checks $(cat test/tool/*.part.sh | grep -cE '^ *check(_not)? ')"
    echo "corpus-documents $(find test/corpus/documents -name '*.json' | wc -l)"
    echo "real-server-logins $(grep -cE '^login(_at)? ' test/servers/run.sh)"
    echo "fuzz-targets $(grep -l LLVMFuzzerTestOneInput test/fuzz/targets/*.cpp | wc -l)"
    echo "guards $(cat test/guards/*.list | grep -c '^guard: ')"
    test/docs/check.sh | sed -n 's/^docs: .* \([0-9]*\) requirements.*/documented-requirements \1/p'
    # Those cases print what the large ones go through.
    for program in hardening faults; do
        if [ -x "$build/test/asioauth_test_$program" ]; then
            "$build/test/asioauth_test_$program" --run_test='*/there_are_enough_*' 2>/dev/null |
                grep -E '^(ssrf-attempts|tls-bad-servers|secret-kinds|disturbed-flows) [0-9]+$' || :
        fi
    done
    # What is missing there fails a test of its own; here only the closing lines are read.
    (test/checklist.sh || true) | awk -F'[ /]' '
        /^checklist: / { print "checklist-rows " $2 }
        /^defects: / { print "defects-caught " $2 }'
}

now=$(counts)
if [ "${2:-}" = --record ]; then
    echo "$now" >"$table"
fi
echo "$now" | awk -v table="$table" '
    BEGIN { while ((getline line < table) > 0) { split(line, f, " "); least[f[1]] = f[2] } }
    {
        low = !($1 in least) || $2 < least[$1]
        seen[$1] = 1
        printf "counts: %-20s %5d%s\n", $1, $2, low ? "  BELOW " least[$1] " of " table : ""
        bad += low
    }
    END {
        for (name in least) if (!(name in seen)) { print "counts: " name " is counted no more"; bad++ }
        exit bad > 0
    }'
