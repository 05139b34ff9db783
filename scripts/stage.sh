#!/bin/sh
# Lays out what is installed under a prefix: the binary without its symbols, the plugins where their
# names are found, completions, man pages, licences and texts. Archives, packages and `make install` are
# all made of it, so that they have the same files. Prints every file, relative to the prefix.
# Usage: scripts/stage.sh BINARY PREFIX
# The plugins must have been built (scripts/guests.sh build).
set -eu
cd "$(dirname "$0")/.."
. scripts/lib.sh

binary=${1:?"usage: scripts/stage.sh BINARY PREFIX"}
prefix=${2:?"usage: scripts/stage.sh BINARY PREFIX"}
case $binary in /*) ;; *) binary=./$binary ;; esac
[ -x "$binary" ] || die "$binary is not built"

list=$(mktemp)
pages=$(mktemp -d)
trap 'rm -rf "$list" "$pages"' EXIT

# put MODE FILE PATH: one file, and its line in the list.
put() {
	mkdir -p "$prefix/$(dirname "$3")"
	install -m "$1" "$2" "$prefix/$3"
	printf '%s\n' "$3" >>"$list"
}

put 755 "$binary" bin/runner
strip "$prefix/bin/runner"

for folder in plugins/*; do
	name=${folder#plugins/}
	component=$guests/$wasm_script/release/$(printf %s "$name" | tr - _).wasm
	[ -f "$component" ] || die "$component is not built; run scripts/guests.sh build $folder"
	put 644 "$component" "share/runner/extensions/$name.wasm"
	put 644 "$folder/README.md" "share/doc/runner/plugins/$name.md"
done
# For scripts that used k6's own client for Redis.
put 644 plugins/redis/k6-redis.js share/doc/runner/plugins/k6-redis.js

"$binary" completion bash >"$pages/bash"
put 644 "$pages/bash" share/bash-completion/completions/runner
"$binary" completion zsh >"$pages/zsh"
put 644 "$pages/zsh" share/zsh/site-functions/_runner
"$binary" completion fish >"$pages/fish"
put 644 "$pages/fish" share/fish/vendor_completions.d/runner.fish

"$binary" manual "$pages/man"
for page in "$pages"/man/*; do
	gzip -n9 "$page"
	put 644 "$page.gz" "share/man/man1/${page##*/}.gz"
done

scripts/licences.sh >"$pages/licences"
put 644 "$pages/licences" share/doc/runner/THIRD-PARTY-LICENCES.txt
for file in LICENSE README.md CHANGELOG.md sdk-js/EXTENSIONS.md sdk-js/PARITY.md; do
	put 644 "$file" "share/doc/runner/${file##*/}"
done
sort "$list"
