#!/bin/sh
# The workspaces that are built for wasm and not with the host: the Rust SDK, the examples, the
# fixtures of the tests, the JS engine.
# Usage: scripts/guests.sh build|clippy|fmt|fmt-check|test [FOLDER...]
set -eu
cd "$(dirname "$0")/.."
. scripts/lib.sh

# Always the release profile: the macros that generate bindings are then compiled once for all actions.
action=${1:?"usage: scripts/guests.sh build|clippy|fmt|fmt-check|test [FOLDER...]"}
shift
if [ $# -eq 0 ]; then
	set -- sdk-rust examples/* tests/guests tests/guests/*
	case $action in
	clippy | fmt | fmt-check) set -- "$@" sdk-js/engine ;;
	esac
fi

for folder in "$@"; do
	manifest=$folder/Cargo.toml
	[ -f "$manifest" ] || continue
	case $action in
	build)
		# A library of its own gives no file to run.
		[ "$folder" = sdk-rust ] && continue
		say "building $folder for $wasm_script"
		cargo build --release --target $wasm_script --manifest-path "$manifest" --target-dir "$guests"
		;;
	clippy)
		say "clippy: $folder"
		if [ "$folder" = sdk-js/engine ]; then
			clang=$(find_clang) || die "no clang with the wasm32 backend was found; run scripts/setup.sh"
			CC_wasm32_unknown_unknown=$clang AR_wasm32_unknown_unknown=$(find_ar) \
				cargo clippy --release --target $wasm_engine --manifest-path "$manifest" \
				--target-dir "$target/js-engine" -- -D warnings
		else
			cargo clippy --release --all-targets --target $wasm_script --manifest-path "$manifest" \
				--target-dir "$guests" -- -D warnings
		fi
		;;
	fmt) cargo fmt --manifest-path "$manifest" ;;
	fmt-check) cargo fmt --manifest-path "$manifest" -- --check ;;
	test)
		# Only the SDK has tests of its own; the others are run by the host's tests.
		[ "$folder" = sdk-rust ] || continue
		say "testing $folder"
		# With --target, even for the host, the macros are the same build as for wasm.
		host=$(rustc -vV | sed -n 's/^host: //p')
		cargo test --release --target "$host" --manifest-path "$manifest" --target-dir "$guests"
		;;
	*) die "unknown action '$action'" ;;
	esac
done
