#!/bin/sh
# Installs what only tests need and is missing: redis-server (Debian package), which the tests of
# plugins/redis start for themselves. Where it cannot be installed they are skipped, so that everything
# else can be tested; with RUNNER_REQUIRE_ALL that is an error.
set -eu
cd "$(dirname "$0")/.."
. scripts/lib.sh

have redis-server ||
	(install_packages "redis-server (for the tests of plugins/redis)" redis-server) ||
	skip "plugins/redis needs redis-server"
