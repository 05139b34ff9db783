#!/bin/sh
# Prints the version of the GNU C library that a binary needs at least, such as 2.34.
# Usage: scripts/glibc.sh BINARY
set -eu
. "$(dirname "$0")/lib.sh"

version=$(objdump -T "${1:?"usage: scripts/glibc.sh BINARY"}" |
	sed -n 's/.*GLIBC_\([0-9.]*\).*/\1/p' | sort -uV | tail -n 1)
[ -n "$version" ] || die "cannot tell which C library $1 needs"
printf '%s\n' "$version"
