#!/bin/sh
# Builds the book in docs/ as web pages. mdBook is compiled from crates.io once and kept in the user's
# cache, unless one of the same version is on the PATH; the book is then built without a network.
# Usage: scripts/docs.sh [FOLDER]
set -eu
cd "$(dirname "$0")/.."
. scripts/lib.sh

version=0.5.4
tools=${XDG_CACHE_HOME:-${HOME:-/tmp}/.cache}/runner-docs/mdbook-$version
out=${1:-$target/book}
case $out in /*) ;; *) out=$PWD/$out ;; esac

mdbook=$tools/bin/mdbook
if [ "$(mdbook --version 2>/dev/null)" = "mdbook v$version" ]; then
	mdbook=mdbook
elif [ ! -x "$mdbook" ]; then
	say "installing mdBook $version (about a minute)"
	cargo install --quiet --locked --root "$tools" --no-default-features --features search "mdbook@$version"
fi

"$mdbook" build docs --dest-dir "$out"
# What was taken in from elsewhere and is not there leaves its directive behind.
if grep -rl '{{#include' "$out" --include='*.html'; then
	die "a chapter includes a file that is not there"
fi
say "the book is in $out/index.html"
