//! What people install without the source: the archive, the Debian package, the files of the container
//! image, and `make install`. The scripts are run on the binary under test, which in `make test` is a
//! debug build; `make test-long` does the same with a release build.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::OnceLock;

use runner_tests::{PLUGINS, binary, guest, is_k6, skip};
use tempfile::TempDir;

/// Uses an extension and, by `--out log`, an output, by their names.
const SCRIPT: &str = "import compare from 'k6/x/compare'; \
    export default function () { console.log('greater: ' + compare.isGreater(2, 1)); }";

fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// One of the repository's scripts, with the folder that the tests are built in.
fn script(name: &str, args: &[&str], env: &[(&str, &str)]) -> Output {
    static BUILT: OnceLock<()> = OnceLock::new();
    BUILT.get_or_init(|| {
        for name in PLUGINS {
            guest(&format!("plugins/{name}"));
        }
    });
    let test = std::env::current_exe().unwrap();
    Command::new(repository().join("scripts").join(name))
        .args(args)
        .env("CARGO_TARGET_DIR", test.ancestors().nth(3).unwrap())
        // Packing tight takes most of the time.
        .env("DIST_LEVEL", "1")
        .envs(env.iter().copied())
        .output()
        .unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

fn succeeded(output: &Output) -> String {
    assert!(
        output.status.success(),
        "{}\n{}\n{}",
        output.status,
        text(&output.stdout),
        text(&output.stderr)
    );
    text(&output.stdout)
}

fn shell(command: &mut Command) -> String {
    succeeded(&command.output().unwrap())
}

/// The folder that `make dist` fills, made once.
pub fn dist() -> &'static Path {
    static DIST: OnceLock<TempDir> = OnceLock::new();
    let made = || {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().to_str().unwrap();
        let binary = fs::canonicalize(binary()).unwrap();
        let output = script("dist.sh", &[binary.to_str().unwrap()], &[("DIST", path)]);
        succeeded(&output);
        folder
    };
    DIST.get_or_init(made).path()
}

fn version() -> String {
    let manifest = fs::read_to_string(repository().join("Cargo.toml")).unwrap();
    let line = manifest
        .lines()
        .find_map(|line| line.strip_prefix("version = "))
        .unwrap();
    line.trim_matches('"').to_owned()
}

/// `runner-0.1.0-linux-x86_64`.
fn name() -> String {
    format!("runner-{}-linux-{}", version(), std::env::consts::ARCH)
}

pub fn archive() -> PathBuf {
    dist().join(format!("{}.tar.gz", name()))
}

/// Compiled code of all these runs, so that the engine is compiled once.
pub fn cache() -> PathBuf {
    dist().join("cache")
}

fn unpacked() -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    shell(
        Command::new("tar")
            .arg("-xzf")
            .arg(archive())
            .arg("-C")
            .arg(folder.path()),
    );
    let path = folder.path().join(name());
    (folder, path)
}

/// Every file under `folder`, relative to it.
fn files(folder: &Path) -> BTreeSet<String> {
    fn walk(folder: &Path, base: &Path, found: &mut BTreeSet<String>) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() && !path.is_symlink() {
                walk(&path, base, found);
            } else {
                let path = path.strip_prefix(base).unwrap();
                found.insert(path.to_str().unwrap().to_owned());
            }
        }
    }
    let mut found = BTreeSet::new();
    walk(folder, folder, &mut found);
    found
}

/// An installed binary runs, and finds what was installed with it by name.
fn works(runner: &Path) {
    let home = tempfile::tempdir().unwrap();
    fs::write(home.path().join("script.js"), SCRIPT).unwrap();
    let run = |args: &[&str]| {
        let mut command = Command::new(runner);
        command.args(args).current_dir(home.path());
        command.env_clear().env("HOME", home.path());
        command.env("RUNNER_CACHE_DIR", cache());
        succeeded(&command.output().unwrap())
    };
    assert!(run(&["version"]).starts_with(&format!("runner {}", version())));
    let said = run(&["run", "--log-output=stdout", "--out", "log", "script.js"]);
    assert!(said.contains("greater: true"), "{said}");
    assert!(said.contains(" iterations: 1.000000"), "{said}");
}

#[test]
fn the_archive_has_everything_and_runs_where_it_is_unpacked() {
    if is_k6() {
        return;
    }
    let (_folder, root) = unpacked();
    let mut expected: BTreeSet<String> = [
        "Containerfile",
        "bin/runner",
        "share/bash-completion/completions/runner",
        "share/doc/runner/CHANGELOG.md",
        "share/doc/runner/EXTENSIONS.md",
        "share/doc/runner/LICENSE",
        "share/doc/runner/PARITY.md",
        "share/doc/runner/README.md",
        "share/doc/runner/THIRD-PARTY-LICENCES.txt",
        "share/doc/runner/plugins/k6-redis.js",
        "share/fish/vendor_completions.d/runner.fish",
        "share/man/man1/runner.1.gz",
        "share/zsh/site-functions/_runner",
    ]
    .map(str::to_owned)
    .into();
    for name in PLUGINS {
        expected.insert(format!("share/runner/extensions/{name}.wasm"));
        expected.insert(format!("share/doc/runner/plugins/{name}.md"));
    }
    // A page for each command that help lists.
    let help = shell(Command::new(root.join("bin/runner")).arg("help"));
    let commands = help
        .lines()
        .skip_while(|line| *line != "Commands:")
        .skip(1)
        .take_while(|line| !line.is_empty())
        .filter_map(|line| line.split_whitespace().next());
    for command in commands.filter(|command| *command != "help") {
        expected.insert(format!("share/man/man1/runner-{command}.1.gz"));
    }
    assert!(
        expected.contains("share/man/man1/runner-run.1.gz"),
        "{help}"
    );
    assert_eq!(files(&root), expected);

    let page = Command::new("gzip")
        .args(["-dc"])
        .arg(root.join("share/man/man1/runner-run.1.gz"))
        .output()
        .unwrap();
    let page = succeeded(&page);
    assert!(page.contains(".TH runner-run 1"), "{page}");
    assert!(page.contains("summary\\-export"), "{page}");
    works(&root.join("bin/runner"));
}

#[test]
fn the_same_build_makes_the_same_files() {
    if is_k6() {
        return;
    }
    let again = tempfile::tempdir().unwrap();
    let binary = fs::canonicalize(binary()).unwrap();
    let output = script(
        "dist.sh",
        &[binary.to_str().unwrap()],
        &[("DIST", again.path().to_str().unwrap())],
    );
    succeeded(&output);
    let sums = |folder: &Path| fs::read_to_string(folder.join("SHA256SUMS")).unwrap();
    assert_eq!(sums(again.path()), sums(dist()));
    assert!(sums(dist()).contains(".tar.gz"));
}

#[test]
fn licences_of_all_that_is_linked() {
    if is_k6() {
        return;
    }
    let (_folder, root) = unpacked();
    let file = root.join("share/doc/runner/THIRD-PARTY-LICENCES.txt");
    let notices = fs::read_to_string(file).unwrap();
    // Of the host, of the JS engine (with QuickJS's own text), of a plugin.
    for expected in [
        "\nwasmtime 48.",
        "\nring ",
        "\nrquickjs-sys ",
        "Fabrice Bellard",
        "\nrusqlite ",
        "\nfake ",
        "Apache License",
        "Permission is hereby granted",
    ] {
        assert!(notices.contains(expected), "{expected}");
    }
    for absent in ["runner-session", "\ninsta ", "\nserde_derive "] {
        assert!(!notices.contains(absent), "{absent}");
    }
    // What `deny.toml` allows is all there is.
    let crates = notices
        .lines()
        .filter(|line| line.contains(": ") && line.contains(", http"));
    assert!(crates.count() > 250, "{notices}");
}

#[test]
fn the_debian_package_installs_and_leaves_nothing() {
    if is_k6() {
        return;
    }
    if Command::new("dpkg").arg("--version").output().is_err() {
        skip("dpkg", "a Debian machine has it");
        return;
    }
    let package = fs::read_dir(dist())
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .find(|path| path.extension().is_some_and(|ending| ending == "deb"))
        .unwrap();
    let field = |name: &str| {
        let value = shell(Command::new("dpkg-deb").arg("-f").arg(&package).arg(name));
        value.trim().to_owned()
    };
    assert_eq!(field("Package"), "runner");
    assert_eq!(field("Version"), version());
    assert!(
        field("Depends").starts_with("libc6 (>= 2."),
        "{}",
        field("Depends")
    );

    let root = tempfile::tempdir().unwrap();
    let state = root.path().join("var/lib/dpkg");
    for folder in ["info", "updates"] {
        fs::create_dir_all(state.join(folder)).unwrap();
    }
    fs::write(state.join("status"), "").unwrap();
    let dpkg = |args: &[&str]| {
        // dpkg gives files to root, which only root can do, here or in a namespace.
        let mut command = match rustix::process::geteuid().is_root() {
            true => Command::new("dpkg"),
            false => {
                let mut command = Command::new("unshare");
                command.args(["--map-root-user", "dpkg"]);
                command
            }
        };
        // The libraries are the machine's, and not of this root; a user's path has no sbin.
        let root = format!("--root={}", root.path().display());
        command.args([&root, "--force-depends", "--force-bad-path"]);
        shell(command.args(args))
    };
    dpkg(&["--install", package.to_str().unwrap()]);
    works(&root.path().join("usr/bin/runner"));
    let installed = files(&root.path().join("usr"));
    for expected in [
        "share/doc/runner/copyright",
        "share/zsh/vendor-completions/_runner",
        "share/man/man1/runner-run.1.gz",
        "share/runner/extensions/sql.wasm",
    ] {
        assert!(installed.contains(expected), "{expected}: {installed:?}");
    }
    dpkg(&["--purge", "runner"]);
    let left = root.path().join("usr");
    assert!(!left.exists(), "{:?}", files(&left));
}

#[test]
fn make_install_and_uninstall() {
    if is_k6() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().to_str().unwrap();
    let binary = fs::canonicalize(binary()).unwrap();
    let prefix = folder.path().join("opt/runner");
    fs::create_dir_all(prefix.join("share/doc")).unwrap();
    fs::write(prefix.join("share/doc/other.txt"), "mine").unwrap();
    let env = [("DESTDIR", root), ("PREFIX", "/opt/runner")];
    let install = || {
        succeeded(&script(
            "install.sh",
            &["install", binary.to_str().unwrap()],
            &env,
        ))
    };
    let said = install();
    assert!(said.contains("make uninstall PREFIX=/opt/runner"), "{said}");
    works(&prefix.join("bin/runner"));
    // What an older version had and this one has not goes with it.
    let old = prefix.join("share/runner/extensions/old.wasm");
    fs::write(&old, "").unwrap();
    let list = prefix.join("share/runner/installed");
    let listed = fs::read_to_string(&list).unwrap();
    fs::write(&list, format!("{listed}share/runner/extensions/old.wasm\n")).unwrap();
    install();
    assert!(!old.exists());
    succeeded(&script("install.sh", &["uninstall"], &env));
    assert_eq!(
        files(&prefix).into_iter().collect::<Vec<_>>(),
        ["share/doc/other.txt"]
    );
    let nothing = script("install.sh", &["uninstall"], &env);
    assert!(!nothing.status.success());
    let said = text(&nothing.stderr);
    assert!(said.contains("nothing is installed in"), "{said}");
}

#[test]
fn the_image_is_made_of_what_is_there_and_its_base_has_the_rest() {
    if is_k6() {
        return;
    }
    let (_folder, root) = unpacked();
    let file = fs::read_to_string(root.join("Containerfile")).unwrap();
    let lines: Vec<Vec<&str>> = file
        .lines()
        .filter(|line| !line.starts_with('#') && !line.is_empty())
        .map(|line| line.split_whitespace().collect())
        .collect();
    let copied: Vec<_> = lines.iter().filter(|words| words[0] == "COPY").collect();
    assert_eq!(copied.len(), 3, "{file}");
    for words in copied {
        assert!(root.join(words[1]).exists(), "{words:?}");
        // From the binary, extensions are where they are looked for.
        assert_eq!(words[2], format!("/usr/{}", words[1]));
    }
    assert!(lines.contains(&vec!["USER", "nonroot"]), "{file}");
    let base = lines[0][1];
    let newest = match base {
        "gcr.io/distroless/cc-debian12:nonroot" => 36,
        "gcr.io/distroless/cc-debian13:nonroot" => 41,
        _ => panic!("{base}"),
    };
    let runner = root.join("bin/runner");
    let needed = succeeded(&script("glibc.sh", &[runner.to_str().unwrap()], &[]));
    let minor: u32 = needed.trim().strip_prefix("2.").unwrap().parse().unwrap();
    assert!(
        minor <= newest,
        "{base} has glibc 2.{newest}, {needed} is needed"
    );
    let linked = shell(Command::new("objdump").arg("-p").arg(&runner));
    let libraries = linked
        .lines()
        .filter_map(|line| line.trim().strip_prefix("NEEDED"))
        .map(str::trim);
    for library in libraries {
        let of_base = [
            "libc.so.6",
            "libm.so.6",
            "libgcc_s.so.1",
            "ld-linux-x86-64.so.2",
        ];
        assert!(of_base.contains(&library), "{library}");
    }
}

/// A release build is what people download.
#[test]
fn the_binary_has_no_symbols() {
    if is_k6() {
        return;
    }
    let (_folder, root) = unpacked();
    let runner = root.join("bin/runner");
    let sections = shell(Command::new("objdump").arg("-h").arg(&runner));
    for absent in [".debug_info", ".debug_line", ".symtab"] {
        assert!(!sections.contains(absent), "{sections}");
    }
    let is_release = binary()
        .components()
        .any(|part| part.as_os_str() == "release");
    let size = fs::metadata(&runner).unwrap().len();
    assert!(size < 60_000_000 || !is_release, "{size}");
}
