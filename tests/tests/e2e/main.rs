//! End-to-end suites against the real binary, one subject per file. They are one executable,
//! because linking twenty takes longer than running them.
//!
//! `cargo test -p runner-tests --test e2e signals::` runs one of them.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a panic is how a test fails, in its helpers too"
)]

// The command line.
mod cli_options;
mod cli_precedence;
mod exit_codes;
mod old_contract;
mod option_routes;
mod remote;
mod shortcuts;
mod sources;
mod usage;

// Scripts: the language, the modules, the life of a script.
mod console;
mod fork;
mod image_memory;
mod kv;
mod kv_contract;
mod lifecycle;
mod load_model;
mod local_time;
mod module_files;
mod scripts;
mod stack_traces;

// What is measured and shown.
mod checks_groups_metrics;
mod handle_summary;
mod host_objects;
mod http_metrics;
mod many_tags;
mod output_plugins;
mod outputs;
mod summary;
mod summary_export;
mod terminal;
mod thresholds;
mod thresholds_live;

// Control from outside.
mod live_control;

// What goes wrong.
mod bad_input;
mod exceptions;
mod faults;
mod gone_terminal;
mod signals;
mod words;

// What people install, and the book.
mod action;
mod dist;
mod docs;

// Other commands, and whole scripts.
mod archives;
mod build_inspect;
mod compiled_extension_faults;
mod compiled_extensions;
mod examples;
mod extension_discovery;
mod extension_faults;
mod extension_grants;
mod extension_recovery;
mod extension_runtime;
mod extension_types;
mod extensions;
mod load_examples;
mod new_command;
mod new_extension;
mod plugin_faker;
mod plugin_redis;
mod plugin_sql;
mod rust_components;
mod seed_extensions;
mod seeds;
mod target_command;
mod tool_commands;
mod types_command;
