#!/bin/sh
# Installs under $DESTDIR$PREFIX, or removes what was installed there. PREFIX is /usr/local for root, else
# ~/.local. What was installed is listed in share/runner/installed, and nothing else is removed.
# Usage: scripts/install.sh install BINARY | scripts/install.sh uninstall
set -eu
cd "$(dirname "$0")/.."
. scripts/lib.sh

usage="usage: scripts/install.sh install BINARY | uninstall"
if [ -z "${PREFIX:-}" ]; then
	PREFIX=${HOME:-/root}/.local
	[ "$(id -u)" != 0 ] || PREFIX=/usr/local
fi
root=${DESTDIR:-}$PREFIX
list=share/runner/installed

# Those that another version put there and this one has not, too.
remove() {
	[ -f "$root/$list" ] || return 0
	while IFS= read -r path; do
		rm -f "$root/$path"
	done <"$root/$list"
	rm -f "$root/$list"
	# Folders of our own, and those above them where nothing else is in them.
	for folder in share/runner/extensions share/runner share/doc/runner/plugins share/doc/runner; do
		rmdir "$root/$folder" 2>/dev/null || true
	done
}

case ${1:?"$usage"} in
install)
	remove
	scripts/stage.sh "${2:?"$usage"}" "$root" >"$target/installed"
	install -m 644 "$target/installed" "$root/$list"
	say "installed in $root; remove it with: make uninstall PREFIX=$PREFIX"
	case :$PATH: in
	*":$PREFIX/bin:"*) ;;
	*) say "$PREFIX/bin is not on your PATH: export PATH=\"$PREFIX/bin:\$PATH\"" ;;
	esac
	;;
uninstall)
	[ -f "$root/$list" ] || die "nothing is installed in $root (PREFIX says where else)"
	remove
	say "removed from $root"
	;;
*) die "$usage" ;;
esac
