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
	set -- sdk-rust examples/* plugins/* tests/guests tests/guests/*
	case $action in
	clippy | fmt | fmt-check) set -- "$@" sdk-js/engine ;;
	esac
fi

# Guests with C in them have their settings in .cargo/config.toml, where clang and llvm-ar stand
# without a version.
if clang=$(find_clang); then
	export CC_wasm32_wasip2="${CC_wasm32_wasip2:-$clang}" AR_wasm32_wasip2="${AR_wasm32_wasip2:-$(find_ar)}"
fi

for folder in "$@"; do
	manifest=$folder/Cargo.toml
	[ -f "$manifest" ] || continue
	# Cargo looks for settings where it is started, not beside the manifest.
	settings=
	[ ! -f "$folder/.cargo/config.toml" ] || settings="--config $folder/.cargo/config.toml"
	case $action in
	build)
		# A library of its own gives no file to run.
		[ "$folder" = sdk-rust ] && continue
		say "building $folder for $wasm_script"
		cargo build --release --target $wasm_script --manifest-path "$manifest" --target-dir "$guests" $settings
		;;
	clippy)
		say "clippy: $folder"
		if [ "$folder" = sdk-js/engine ]; then
			clang=$(find_clang) || die "no clang with the wasm32 backend was found; run scripts/setup.sh"
			CC_wasm32_unknown_unknown=$clang AR_wasm32_unknown_unknown=$(find_ar) \
				cargo clippy --release --all-features --target $wasm_engine --manifest-path "$manifest" \
				--target-dir "$target/js-engine" -- -D warnings
		else
			cargo clippy --release --all-targets --target $wasm_script --manifest-path "$manifest" \
				--target-dir "$guests" $settings -- -D warnings
		fi
		;;
	fmt) cargo fmt --manifest-path "$manifest" ;;
	fmt-check) cargo fmt --manifest-path "$manifest" -- --check ;;
	test)
		# Those with tests of their own; the others are run by the host's tests.
		grep -rqs '^ *#\[test\]' "$folder/src" || continue
		say "testing $folder"
		# With --target, even for the host, the macros are the same build as for wasm.
		host=$(rustc -vV | sed -n 's/^host: //p')
		cargo test --release --target "$host" --manifest-path "$manifest" --target-dir "$guests"
		;;
	*) die "unknown action '$action'" ;;
	esac
done
