#!/bin/sh
# Installs what only tests need and is missing: redis-server (Debian package), which the tests of
# plugins/redis start for themselves. Without it they say so and do nothing, so that everything
# else can be tested where it cannot be installed.
set -eu
cd "$(dirname "$0")/.."
. scripts/lib.sh

have redis-server ||
	(install_packages "redis-server (for the tests of plugins/redis)" redis-server) ||
	say "the tests of plugins/redis are skipped: redis-server is not installed"
