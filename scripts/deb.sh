#!/bin/sh
# Makes a Debian package of the files that scripts/stage.sh laid out, with dpkg-deb, which every Debian
# machine has. Which C library it needs is read from the binary.
# Usage: scripts/deb.sh STAGED FOLDER
set -eu
cd "$(dirname "$0")/.."
. scripts/lib.sh

staged=${1:?"usage: scripts/deb.sh STAGED FOLDER"}
folder=${2:?"usage: scripts/deb.sh STAGED FOLDER"}
version=$(sed -n 's/^version = "\(.*\)"/\1/p' Cargo.toml)
architecture=$(dpkg --print-architecture)

root=$(mktemp -d)
trap 'rm -rf "$root"' EXIT
chmod 755 "$root"
mkdir "$root/usr"
cp -R "$staged/bin" "$staged/share" "$root/usr"
# Where Debian looks for them.
mv "$root/usr/share/zsh/site-functions" "$root/usr/share/zsh/vendor-completions"
mv "$root/usr/share/doc/runner/LICENSE" "$root/usr/share/doc/runner/copyright"
mv "$root/usr/share/doc/runner/CHANGELOG.md" "$root/usr/share/doc/runner/changelog"
gzip -n9 "$root/usr/share/doc/runner/changelog"

glibc=$(scripts/glibc.sh "$root/usr/bin/runner")

mkdir "$root/DEBIAN"
(cd "$root" && find usr -type f | LC_ALL=C sort | xargs md5sum) >"$root/DEBIAN/md5sums"
cat >"$root/DEBIAN/control" <<TEXT
Package: runner
Version: $version
Architecture: $architecture
Maintainer: The runner project <runner@localhost>
Section: net
Priority: optional
Depends: libc6 (>= $glibc), libgcc-s1
Recommends: ca-certificates
Installed-Size: $(du -sk "$root/usr" | cut -f1)
Description: load testing with k6 scripts and WebAssembly components
 Runs load tests that are written in JavaScript or TypeScript for k6, or compiled
 from Rust and other languages to a WebAssembly component. Extensions and outputs
 are components too; those for Redis, SQLite, made-up data and StatsD are included.
TEXT
find "$root" -exec touch -h -d "@${SOURCE_DATE_EPOCH:-0}" {} +
dpkg-deb --root-owner-group -Zxz -z"${DIST_LEVEL:-6}" --build "$root" \
	"$folder/runner_${version}_$architecture.deb" >/dev/null
