//! The scripts that do the same in k6, subject by subject.

use runner_tests::check_scripts;

#[test]
fn language() {
    check_scripts("language");
}

#[test]
fn modules() {
    check_scripts("modules");
}

#[test]
fn core() {
    check_scripts("core");
}

#[test]
fn data() {
    check_scripts("data");
}

#[test]
fn objects() {
    check_scripts("objects");
}

#[test]
fn time() {
    check_scripts("time");
}

#[test]
fn timers() {
    check_scripts("timers");
}

#[test]
fn metrics() {
    check_scripts("metrics");
}

#[test]
fn executors() {
    check_scripts("executors");
}

#[test]
fn lifecycle() {
    check_scripts("lifecycle");
}

#[test]
fn execution() {
    check_scripts("execution");
}

#[test]
fn http() {
    check_scripts("http");
}

/// What k6 has only since 2.0, or not at all: these expectations are not its own lines.
#[test]
fn beyond() {
    check_scripts("beyond");
}
