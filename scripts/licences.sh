#!/bin/sh
# Prints whose code is in the binary and in the plugins, under which licences, and those licences' texts,
# each text once. It asks cargo what is linked (no build tools, no tests, no macros) and takes the texts
# from the sources of the crates, which cargo has fetched.
set -eu
cd "$(dirname "$0")/.."
. scripts/lib.sh

registry=${CARGO_HOME:-$HOME/.cargo}/registry/src
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir "$work/texts"

# linked ARGUMENTS...: name, version, licence and home of everything that is linked.
linked() {
	cargo tree --locked --edges normal,no-proc-macro --prefix none --format '{p}|{l}|{r}' "$@"
}

host=$(rustc -vV | sed -n 's/^host: //p')
{
	linked --package runner-cli --target "$host"
	linked --manifest-path sdk-js/engine/Cargo.toml --target $wasm_engine
	for folder in plugins/*; do
		linked --manifest-path "$folder/Cargo.toml" --target $wasm_script
	done
} >"$work/tree"
# Without runner's own crates, which have a path, and without the mark of what was shown before.
sed -e 's/ (\*)$//' -e 's/ (\*)|/|/' "$work/tree" | grep -v ' (/' | grep '|' | sort -u >"$work/crates"

cat <<'TEXT'
Third-party code in runner and its extensions and outputs
==========================================

runner itself is under the Apache License 2.0, see LICENSE. The binary and the WebAssembly components
that come with it contain the crates below, and the standard library of Rust (MIT OR Apache-2.0,
https://www.rust-lang.org). SQLite, in the extension sql, is in the public domain. C code in components uses
wasi-libc (MIT OR Apache-2.0 WITH LLVM-exception, with parts of musl under MIT,
https://github.com/WebAssembly/wasi-libc). Below the list stand the texts that come with the crates, each
with the crates that it is from.

TEXT

while IFS='|' read -r crate licence home; do
	name=${crate%% v*}
	version=${crate##* v}
	printf '%s %s: %s%s\n' "$name" "$version" "${licence:-see its text}" "${home:+, $home}"
	source=
	for candidate in "$registry"/*/"$name-$version"; do
		[ -d "$candidate" ] && source=$candidate
	done
	[ -n "$source" ] || die "the source of $name $version is not in $registry; run cargo fetch"
	found=
	# Also of C code in a folder of its own.
	for file in $(find "$source" -maxdepth 3 -type f \( -iname 'licen[cs]e*' -o -iname 'copying*' \
		-o -iname 'notice*' -o -iname 'unlicense*' -o -iname 'copyright*' \) ! -name '*.rs' ! -name '*.html' | LC_ALL=C sort); do
		found=yes
		hash=$(tr -d '\r' <"$file" | sha256sum | cut -d' ' -f1)
		[ -f "$work/texts/$hash" ] || tr -d '\r' <"$file" >"$work/texts/$hash"
		printf '%s\n' "$name $version" >>"$work/texts/$hash.crates"
	done
	[ -n "$found$licence" ] || die "nothing says under which licence $name $version is"
done <"$work/crates" >"$work/list"
cat "$work/list"

for users in "$work"/texts/*.crates; do
	# In the order of their first crate, so that two runs write the same.
	printf '%s|%s\n' "$(head -n 1 "$users")" "${users%.crates}"
done | LC_ALL=C sort | while IFS='|' read -r first text; do
	printf '\n\n----------------------------------------------------------------------------\n'
	uniq "$text.crates" | paste -sd, | sed 's/,/, /g' | fold -s -w 76
	printf -- '----------------------------------------------------------------------------\n\n'
	cat "$text"
done
