#!/bin/sh
# What the tests build extensions in C, Python and JS with, where it is missing. C (clang, lld,
# wasi-libc: Debian packages) must be there. Python (componentize-py from PyPI) and JS
# (componentize-qjs from npm) are put into a folder of the user's cache, in the versions of the
# examples; where that cannot be, this says what is missing and how to get it, and goes on: their
# tests say so too, and pass. Does nothing, and needs no network, when all is there.
set -eu
cd "$(dirname "$0")/.."
. scripts/lib.sh

# The same folder as in tests/src/languages.rs.
languages=${RUNNER_LANGUAGES:-${XDG_CACHE_HOME:-${HOME:-/tmp}/.cache}/runner-languages}
missing=

# Where each version goes. The mark is written last, so a folder without it is begun anew.
python=$languages/$(sed -n 's/==/-/p' examples/ext-python/requirements.txt)
js=$languages/$(sed -n 's/.*"\(componentize-qjs\)": "\(.*\)".*/\1-\2/p' examples/ext-js/package.json)
mark=complete
# Seconds that a download may take.
most=300

# Compiles and links, because headers, libraries and compiler-rt are packages of their own.
c_works() {
	printf '#include <stdlib.h>\nvoid *f(unsigned n) { return malloc(n); }\n' |
		clang --target=wasm32-wasi -mexec-model=reactor -x c -o /dev/null - 2>/dev/null
}

fresh() {
	rm -rf "$1"
	mkdir -p "$1"
}

install_python() {
	have python3 && python3 -c 'import ensurepip, venv' 2>/dev/null ||
		(install_packages "python3 with venv" python3 python3-venv) || return 1
	fresh "$python"
	python3 -m venv "$python" &&
		timeout $most "$python/bin/pip" install --quiet --disable-pip-version-check -r examples/ext-python/requirements.txt &&
		touch "$python/$mark"
}

install_js() {
	have npm || (install_packages "node with npm" nodejs npm) || return 1
	fresh "$js"
	cp examples/ext-js/package.json "$js"
	# The versions in package.json are exact, and those packages need no others.
	(cd "$js" && timeout $most npm install --silent --no-package-lock --no-audit --no-fund) && touch "$js/$mark"
}

have make || install_packages "make" make
c_works || install_packages "a C compiler and library for wasm32-wasi" clang lld wasi-libc libclang-rt-dev-wasm32
c_works || die "clang cannot build for wasm32-wasi; see what it says to: clang --target=wasm32-wasi file.c"

if [ ! -f "$python/$mark" ]; then
	say "installing ${python##*/}"
	install_python || missing="$missing
  Python: needs python3 with venv and pip (apt-get install python3 python3-venv), and PyPI"
fi
if [ ! -f "$js/$mark" ]; then
	say "installing ${js##*/}"
	install_js || missing="$missing
  JS: needs node 18 and npm (apt-get install nodejs npm), and its registry"
fi
[ -z "$missing" ] || say "extensions in these languages are NOT tested here:$missing
Then run scripts/languages.sh again."
