# Copyright (c) 2026 The asioauth authors. Boost Software License 1.0 (see LICENSE).
#
# Sourced by scripts that run one program at a time; whoever is interrupted ends $job.

job=

# bounded SECONDS COMMAND...: in the background, so that a signal to the script is seen at once.
bounded() {
    timeout --kill-after=5 "$@" &
    job=$!
    bounded_status=0
    wait "$job" || bounded_status=$?
    job=
    return "$bounded_status"
}
