# What the other scripts share; read with `. scripts/lib.sh` from the root of the project.

# Where cargo puts what it builds, and the guests (wasm) beside it: one folder, so that what they
# share is compiled once.
target=${CARGO_TARGET_DIR:-target}
guests=$target/guests
wasm_engine=wasm32-unknown-unknown
wasm_script=wasm32-wasip2

say() { printf '\n== %s\n' "$*"; }

die() {
	printf 'error: %s\n' "$*" >&2
	exit 1
}

# skip WHAT: says that something is not tested here. With RUNNER_REQUIRE_ALL, which .ci/run sets, it is an
# error, as it is for tests (tests/src/needs.rs).
skip() {
	[ -z "${RUNNER_REQUIRE_ALL:-}" ] || die "RUNNER_REQUIRE_ALL is set, and this would be skipped: $*"
	say "skipped: $*"
}

have() { command -v "$1" >/dev/null 2>&1; }

# install_packages WHY PACKAGE...: Debian packages, as root or with sudo; else says what to do.
install_packages() {
	why=$1
	shift
	if ! have apt-get; then
		die "$why is missing; install it with your package manager (on Debian: apt-get install $*)"
	elif [ "$(id -u)" = 0 ]; then
		sudo=
	elif have sudo; then
		# Without a terminal nobody can type a password.
		if [ -t 0 ]; then sudo=sudo; else sudo='sudo -n'; fi
	else
		die "$why is missing; as root, run: apt-get install $*"
	fi
	say "installing $*"
	failed="$why is missing and could not be installed; as root, run: apt-get install $*"
	$sudo env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends "$@" >/dev/null 2>&1 || {
		# The package lists of a fresh machine are empty or old.
		$sudo apt-get update || die "$failed"
		$sudo env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends "$@" || die "$failed"
	}
}

# Where what the project installs for itself is marked as complete; written last, so a folder without it is
# begun anew.
mark=complete
# Seconds that a download may take.
most=300

fresh() {
	rm -rf "$1"
	mkdir -p "$1"
}

# install_pip FOLDER WHAT...: a venv with packages of PyPI.
install_pip() {
	folder=$1
	shift
	have python3 && python3 -c 'import ensurepip, venv' 2>/dev/null ||
		(install_packages "python3 with venv" python3 python3-venv) || return 1
	fresh "$folder"
	python3 -m venv "$folder" &&
		timeout $most "$folder/bin/pip" install --quiet --disable-pip-version-check "$@" &&
		touch "$folder/$mark"
}

# A clang whose backends include wasm32; the same search as the build script's.
find_clang() {
	for candidate in "${CC_wasm32_unknown_unknown:-clang}" clang \
		clang-24 clang-23 clang-22 clang-21 clang-20 clang-19 clang-18 clang-17 clang-16 clang-15 clang-14 clang-13; do
		if have "$candidate" && "$candidate" --print-targets 2>/dev/null | grep -q wasm32; then
			printf '%s\n' "$candidate"
			return 0
		fi
	done
	return 1
}

# An ar that knows wasm objects; the one that belongs to the clang comes first.
find_ar() {
	for candidate in "${AR_wasm32_unknown_unknown:-llvm-ar}" llvm-ar \
		llvm-ar-24 llvm-ar-23 llvm-ar-22 llvm-ar-21 llvm-ar-20 llvm-ar-19 llvm-ar-18 llvm-ar-17 llvm-ar-16 llvm-ar-15 llvm-ar-14 llvm-ar-13; do
		if have "$candidate"; then
			printf '%s\n' "$candidate"
			return 0
		fi
	done
	printf 'ar\n'
}

# cargo-deny, in a folder of the user's cache, where scripts/setup.sh lint puts it; or one on the PATH.
deny_version=0.20.2
deny_folder=${XDG_CACHE_HOME:-${HOME:-/tmp}/.cache}/runner-lint/cargo-deny-$deny_version
find_deny() {
	if [ -f "$deny_folder/$mark" ]; then
		printf '%s\n' "$deny_folder/bin/cargo-deny"
	else
		command -v cargo-deny
	fi
}
