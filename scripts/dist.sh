#!/bin/sh
# Makes what people install without the source, in DIST (dist/ by default): an archive of all files, a
# Debian package, the files of a container image, and their checksums. The same source and binary make the
# same bytes: files have the time of the last commit (or SOURCE_DATE_EPOCH), no owner, and one order.
# Usage: scripts/dist.sh BINARY
set -eu
cd "$(dirname "$0")/.."
. scripts/lib.sh

binary=${1:?"usage: scripts/dist.sh BINARY"}
dist=${DIST:-dist}
version=$(sed -n 's/^version = "\(.*\)"/\1/p' Cargo.toml)
machine=$(uname -m)
SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct 2>/dev/null || stat -c %Y CHANGELOG.md)}
export SOURCE_DATE_EPOCH
umask 022

name=runner-$version-linux-$machine
rm -rf "${dist:?}/$name"
mkdir -p "$dist"

say "$name.tar.gz"
scripts/stage.sh "$binary" "$dist/$name" >/dev/null
# The base has the C library of a Debian; the binary may have been linked with that of a newer one.
base=12
[ "$(scripts/glibc.sh "$binary" | { cat; echo 2.36; } | sort -V | tail -n 1)" = 2.36 ] || base=13
sed "s/cc-debian12/cc-debian$base/" Containerfile >"$dist/$name/Containerfile"
tar --sort=name --mtime="@$SOURCE_DATE_EPOCH" --owner=0 --group=0 --numeric-owner --format=gnu \
	-C "$dist" -cf - "$name" | gzip -n"${DIST_LEVEL:-9}" >"$dist/$name.tar.gz"

if have dpkg-deb; then
	say "runner_${version}_$(dpkg --print-architecture).deb"
	scripts/deb.sh "$dist/$name" "$dist"
else
	skip "the Debian package needs dpkg-deb (a Debian machine has it)"
fi

(cd "$dist" && sha256sum -- *.tar.gz *.deb 2>/dev/null >SHA256SUMS)
cat "$dist/SHA256SUMS"
