//! The table.
//!
//! A new interface is a line here, its package in `wit/`, and a folder in the host. A new version of
//! one that was released is a line beside the old one, which stays: components that were built live on.

/// What kind of component imports an interface.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Importer {
    /// A load test.
    Script,
    /// A module of scripts, called by them.
    Extension,
    /// Something that gets every sample.
    Output,
}

/// Who may import an interface.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Access {
    /// Everything.
    All,
    /// Whatever a VU has an instance of.
    Vu,
    /// As [`Access::Vu`]; no world names it, because only some languages need it.
    VuUnnamed,
    /// Scripts.
    Script,
    /// Scripts, where they are the JS engine: a compiled script could import it and has no use for it.
    Engine,
    /// Outputs.
    Output,
}

/// One interface of the contract, in one version.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Interface {
    /// Package and interface with the version, as a component names it: `runner:log/log@0.1.0`.
    pub id: &'static str,
    access: Access,
}

const fn row(id: &'static str, access: Access) -> Interface {
    Interface { id, access }
}

/// In the order in which the worlds name them.
const TABLE: &[Interface] = &[
    row("runner:log/log@0.1.0", Access::All),
    row("runner:tasks/tasks@0.1.0", Access::Vu),
    row("runner:execution/execution@0.1.0", Access::Vu),
    row("runner:metrics/metrics@0.1.0", Access::Vu),
    row("runner:http/http@0.1.0", Access::Vu),
    row("runner:data/files@0.1.0", Access::Script),
    row("runner:data/shared@0.1.0", Access::Script),
    row("runner:kv/store@0.1.0", Access::Vu),
    row("runner:kv/claims@0.1.0", Access::Vu),
    row("runner:kv/manage@0.1.0", Access::Vu),
    row("runner:kv-pool/pool@0.1.0", Access::Vu),
    row("runner:lock/locks@0.1.0", Access::VuUnnamed),
    row("runner:data/modules@0.1.0", Access::Engine),
    row("runner:extension/extensions@0.1.0", Access::Engine),
    row("runner:image/maker@0.1.0", Access::Engine),
    row("runner:time-zone/zone@0.1.0", Access::Engine),
    row("runner:collation/collator@0.1.0", Access::Engine),
    row("runner:output/run@0.1.0", Access::Output),
];

/// Standard interfaces that compiled languages' libraries ask for, in any version that wasmtime has.
/// They get clocks, randomness and empty files, environment and network, unless more is granted.
const WASI: &[&str] = &[
    "wasi:cli/",
    "wasi:io/",
    "wasi:clocks/",
    "wasi:random/",
    "wasi:filesystem/",
    "wasi:sockets/",
];

/// What a kind of component exports, by which the host knows it and calls it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lifecycle {
    /// As a component names it.
    pub id: &'static str,
    /// Which kind of component exports it.
    pub of: Importer,
    /// Whether that kind cannot do without.
    pub needed: bool,
}

/// All versions that this host can call, the newest of each kind first.
pub const LIFECYCLES: &[Lifecycle] = &[
    Lifecycle {
        id: "runner:script/lifecycle@0.1.0",
        of: Importer::Script,
        needed: true,
    },
    Lifecycle {
        id: "runner:extension/lifecycle@0.1.0",
        of: Importer::Extension,
        needed: false,
    },
    Lifecycle {
        id: "runner:output/lifecycle@0.1.0",
        of: Importer::Output,
        needed: true,
    },
    Lifecycle {
        id: "runner:output/observer@0.1.0",
        of: Importer::Output,
        needed: false,
    },
    // Of the JS engine, which is a script: how an image is made of it.
    Lifecycle {
        id: "runner:image/subject@0.1.0",
        of: Importer::Script,
        needed: false,
    },
];

/// The newest lifecycle of a kind of component.
pub fn lifecycle(of: Importer) -> &'static str {
    let newest = LIFECYCLES.iter().find(|lifecycle| lifecycle.of == of);
    newest.map_or("", |lifecycle| lifecycle.id)
}

impl Interface {
    /// Whether a kind of component may import it.
    pub fn is_for(&self, importer: Importer) -> bool {
        match self.access {
            Access::All => true,
            Access::Vu | Access::VuUnnamed => importer != Importer::Output,
            Access::Script | Access::Engine => importer == Importer::Script,
            Access::Output => importer == Importer::Output,
        }
    }

    /// Whether the world of a kind of component names it.
    pub(crate) fn is_named_for(&self, importer: Importer) -> bool {
        self.is_for(importer) && !matches!(self.access, Access::VuUnnamed | Access::Engine)
    }

    /// Whether only the JS engine has a use for it.
    pub(crate) fn is_for_engine(&self) -> bool {
        self.access == Access::Engine
    }

    /// The package: `runner:log`.
    pub fn package(&self) -> &'static str {
        self.id.split('/').next().unwrap_or_default()
    }
}

/// The whole table.
pub fn table() -> impl Iterator<Item = &'static Interface> {
    TABLE.iter()
}

/// What a kind of component may import.
pub fn interfaces(importer: Importer) -> Vec<&'static str> {
    let allowed = TABLE.iter().filter(|interface| interface.is_for(importer));
    allowed.map(|interface| interface.id).collect()
}

/// Whether an import is one of WASI's that the host has.
pub fn is_wasi(import: &str) -> bool {
    WASI.iter().any(|prefix| import.starts_with(prefix))
}

/// `runner:log/log` of `runner:log/log@0.1.0`.
pub fn versionless(id: &str) -> &str {
    id.split('@').next().unwrap_or(id)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_kind_has_its_own() {
        let has = |importer, id: &str| interfaces(importer).contains(&id);
        let of = [Importer::Script, Importer::Extension, Importer::Output];
        let who = |id: &str| of.map(|importer| has(importer, id));
        assert_eq!(who("runner:log/log@0.1.0"), [true, true, true]);
        assert_eq!(who("runner:http/http@0.1.0"), [true, true, false]);
        assert_eq!(who("runner:lock/locks@0.1.0"), [true, true, false]);
        assert_eq!(who("runner:data/files@0.1.0"), [true, false, false]);
        assert_eq!(who("runner:image/maker@0.1.0"), [true, false, false]);
        assert_eq!(who("runner:output/run@0.1.0"), [false, false, true]);
        assert_eq!(who("runner:log/log@9.0.0"), [false; 3]);
    }

    #[test]
    fn nothing_stands_there_twice() {
        let mut ids: Vec<_> = table().map(|interface| interface.id).collect();
        ids.extend(LIFECYCLES.iter().map(|lifecycle| lifecycle.id));
        let all = ids.len();
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), all);
    }
}
