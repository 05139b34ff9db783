#!/bin/sh
# Formatting, clippy with warnings denied over all workspaces, and licences, bans and sources of
# the dependencies with cargo-deny, without which that is skipped, or an error where RUNNER_REQUIRE_ALL is set.
# Downloads no advisory database.
set -eu
cd "$(dirname "$0")/.."
. scripts/lib.sh

say "rustfmt"
cargo fmt --all -- --check
scripts/guests.sh fmt-check
say "clippy: host"
cargo clippy --workspace --all-targets -- -D warnings
scripts/guests.sh clippy

# A feature that only tests ask for builds a library a second time, and with it all that stand on it:
# with sha2's it was wasmtime, eight minutes of a first `make test`. regex-syntax has nothing above it
# that costs much.
say "dependencies: one build for programs and tests"
features() {
	cargo tree --workspace --locked --prefix none --edges "$1" --format '{p} {f}' | sed 's/ (\*)$//' | sort -u
}
list=$(mktemp)
trap 'rm -f "$list"' EXIT
features normal,build,dev >"$list"
twice=$(features normal,build | comm -23 - "$list" | grep -v '^regex-syntax ' || true)
[ -z "$twice" ] || die "a feature that only tests ask for builds these a second time:
$twice"

if deny=$(find_deny); then
	say "cargo deny"
	"$deny" --locked check licenses bans sources
else
	skip "licences, bans and sources of dependencies need cargo-deny; scripts/setup.sh lint installs it"
fi
