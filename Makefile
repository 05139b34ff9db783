# Entry points; the work is done by cargo and by scripts/.
# CARGO_TARGET_DIR is honoured. ARGS are handed on: make bench ARGS='--only get-js --runs 5'

# rustup installs here; a shell that was open before does not know it yet.
export PATH := $(PATH):$(HOME)/.cargo/bin

TARGET := $(or $(CARGO_TARGET_DIR),target)

# Tests that pack and unpack a binary of a debug build for minutes, and that of zig, whose first builds take
# as long; `make test-long` runs them, with the release.
LONG := action::the_action dist::the_same_build dist::make_install new_extension::zig_and_cpp

.DEFAULT_GOAL := help
.PHONY: help setup languages tools build demo test test-long bench bench-save bench-build fmt lint \
	release dist install uninstall docs reference clean

help: ## Show this list
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/make \1|\2/p' Makefile | while IFS='|' read -r name text; do \
		printf '  %-16s %s\n' "$$name" "$$text"; done

setup: ## Install what a build needs and is missing (Rust targets, clang)
	@scripts/setup.sh

languages: setup ## Install what scripts and extensions in other languages are tested with
	@scripts/languages.sh

# demo and test share one build of the dependencies, which takes most of the time.
build: setup ## Build everything, host and guests
	cargo build --workspace --bins
	@scripts/guests.sh build

demo: setup ## Run a JS and a Rust script against the built-in target server
	cargo build --workspace --bins
	@scripts/guests.sh build examples/rust-http-get
	@scripts/demo.sh

# Tools come first: where one has to be there and is not, that is known before the long build.
tools: languages
	@scripts/test-tools.sh

test: tools build ## Run all tests (installs redis-server and languages for extensions)
	@scripts/test.sh $(LONG:%=--skip %)

test-long: test docs release ## All that, the book as pages, `make dist`, extensions in Zig and C++ (installs zig)
	RUNNER_BIN=$(abspath $(TARGET))/release/runner cargo test --workspace --test e2e -- dist:: action::
	@scripts/languages.sh long
	cargo test --workspace --test e2e new_

bench-build: setup
	@scripts/bench-tools.sh
	cargo build --release -p runner-cli -p runner-perf
	@scripts/guests.sh build examples/rust-http-get tests/guests/ext-probe

bench: bench-build ## Compare with k6 (installs nginx and k6); see tests/perf
	$(TARGET)/release/runner-perf $(ARGS)

bench-save: bench-build ## The same, and keep the results in tests/perf/results
	$(TARGET)/release/runner-perf --save $(ARGS)

fmt: ## Format all code
	@scripts/setup.sh lint
	cargo fmt --all
	@scripts/guests.sh fmt

lint: ## Check formatting, clippy, licences
	@scripts/setup.sh lint
	@scripts/lint.sh

release: setup
	cargo build --release --locked -p runner-cli
	@scripts/guests.sh build plugins/*

dist: release ## Make an archive, a Debian package and an image's files in dist/
	@scripts/dist.sh $(TARGET)/release/runner

install: release ## Install under PREFIX (/usr/local for root, else ~/.local); DESTDIR works
	@scripts/install.sh install $(TARGET)/release/runner

uninstall: ## Remove what `make install` installed under PREFIX
	@scripts/install.sh uninstall

docs: ## Build the book in docs/ as web pages
	@scripts/docs.sh

reference: setup ## Write the chapters of the book that are made of the command line and of wit/
	cargo build --workspace --bins
	UPDATE_REFERENCE=1 cargo test --workspace --test e2e docs::the_reference

clean: ## Remove everything that was built
	cargo clean
