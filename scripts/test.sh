#!/bin/sh
# All tests, and at the end a list of those that were skipped because this machine lacks what they need
# (tests/src/needs.rs). With RUNNER_REQUIRE_ALL such a test fails.
# Usage: scripts/test.sh [ARGUMENT...]   arguments for the host's test programs
set -eu
cd "$(dirname "$0")/.."
. scripts/lib.sh

RUNNER_SKIPPED=$(mktemp)
export RUNNER_SKIPPED
finish() {
	[ ! -s "$RUNNER_SKIPPED" ] || say "not everything was tested on this machine:
$(sort -u "$RUNNER_SKIPPED")"
	rm -f "$RUNNER_SKIPPED"
}
trap finish EXIT

cargo test --workspace -- "$@"
scripts/guests.sh test
