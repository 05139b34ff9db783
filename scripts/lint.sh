#!/bin/sh
# Formatting, clippy with warnings denied over all workspaces, and licences, bans and sources of
# the dependencies where cargo-deny is at hand. Downloads no advisory database.
set -eu
cd "$(dirname "$0")/.."
. scripts/lib.sh

say "rustfmt"
cargo fmt --all -- --check
scripts/guests.sh fmt-check
say "clippy: host"
cargo clippy --workspace --all-targets -- -D warnings
scripts/guests.sh clippy

if have cargo-deny; then
	say "cargo deny"
	cargo deny --offline check licenses bans sources
else
	say "cargo deny: skipped, cargo-deny is not installed"
fi
