#!/bin/sh
# Starts the built-in target server on a free loopback port, runs a JS and a Rust script against
# it, and stops it whatever happens. Fails when one of the runs fails. `make demo` builds first.
set -eu
cd "$(dirname "$0")/.."
. scripts/lib.sh

runner=$target/debug/runner
component=$guests/$wasm_script/release/rust_http_get.wasm
for file in "$runner" "$component"; do
	[ -f "$file" ] || die "$file is not built; run make demo"
done

log=$(mktemp)
server=
stop() {
	if [ -n "$server" ]; then
		kill "$server" 2>/dev/null || true
		wait "$server" 2>/dev/null || true
	fi
	rm -f "$log"
}
trap stop EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

"$runner" target --port 0 --tls-port 0 >"$log" 2>&1 &
server=$!
base=
tries=0
while [ -z "$base" ]; do
	base=$(grep -o 'http://127\.0\.0\.1:[0-9]*' "$log" | head -n 1) || true
	tries=$((tries + 1))
	if [ -z "$base" ]; then
		kill -0 "$server" 2>/dev/null || die "the target server ended: $(cat "$log")"
		[ $tries -lt 300 ] || die "the target server is not ready after 30 seconds: $(cat "$log")"
		sleep 0.1
	fi
done

failed=
# show WORDS...: prints the command as a user would type it, and runs it.
show() {
	printf '\n$ runner %s\n' "$*"
	"$runner" "$@" || failed=yes
}

say "the target server listens on $base"
show run -e "BASE_URL=$base" examples/quickstart.js
show run -e "URL=$base/get" -u 10 -d 3s "$component"

[ -z "$failed" ] || die "a run failed; see above"
say "both runs passed; the target server is stopped"
