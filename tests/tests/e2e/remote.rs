//! Scripts and modules over https, from a server whose certificate `SSL_CERT_FILE` names.

use runner_tests::{Runner, target};

/// The target answers `/base64/TEXT` with the text itself.
fn url(text: &str) -> String {
    format!("{}/base64/{}", target().https(), encode(text))
}

fn encode(text: &str) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let mut out = String::new();
    for chunk in text.as_bytes().chunks(3) {
        let byte = |at| u32::from(*chunk.get(at).unwrap_or(&0));
        let bits = byte(0) << 16 | byte(1) << 8 | byte(2);
        for digit in 0..=chunk.len() {
            out.push(DIGITS[(bits >> (18 - 6 * digit)) as usize & 63] as char);
        }
    }
    while !out.len().is_multiple_of(4) {
        out.push('=');
    }
    out
}

fn trusting(runner: Runner) -> Runner {
    let runner = runner.file("cert.pem", target().certificate());
    let path = runner.folder().join("cert.pem");
    runner.env("SSL_CERT_FILE", path.to_str().unwrap())
}

#[test]
fn a_script_from_the_web() {
    let script = "export default function () { console.log('from afar'); }";
    trusting(Runner::new())
        .main(&url(script))
        .run()
        .succeeds()
        .console_is(&["from afar"]);
}

#[test]
fn modules_from_the_web_import_their_neighbours() {
    let leaf = "export const leaf = 'leaf';";
    let lib = format!(
        "export {{ leaf }} from './{}'; export const lib = 'lib';",
        encode(leaf)
    );
    let script = format!(
        "import {{ leaf, lib }} from '{}'; export default function () {{ console.log(lib, leaf); }}",
        url(&lib)
    );
    trusting(Runner::new())
        .script(&script)
        .run()
        .succeeds()
        .console_is(&["lib leaf"]);
    // With an archive, once is enough: the server is not asked, nor trusted, again.
    let made = trusting(Runner::command("archive"))
        .script(&script)
        .run()
        .succeeds();
    Runner::new()
        .named("test.tar", made.bytes("archive.tar"))
        .run()
        .succeeds()
        .console_is(&["lib leaf"]);
}

#[test]
fn errors_in_remote_scripts_name_their_url() {
    let script = "export default function () {}\nthrow new Error('boom');";
    let output = trusting(Runner::new()).main(&url(script)).run().exits(107);
    output
        .says("boom")
        .says(&format!("{}/base64/", target().https()));
}

#[test]
fn only_200_is_an_answer() {
    let missing = format!("{}/status/404", target().https());
    trusting(Runner::new())
        .main(&missing)
        .run()
        .exits(255)
        .says("couldn't be retrieved from the resolved url");
    let script = format!("import '{missing}'; export default function () {{}}");
    trusting(Runner::new())
        .script(&script)
        .run()
        .exits(107)
        .says("couldn't be retrieved from the resolved url");
}

#[test]
fn nothing_is_fetched_without_encryption() {
    let plain = format!(
        "{}/base64/{}",
        target().http(),
        encode("export default () => {}")
    );
    Runner::new()
        .main(&plain)
        .run()
        .exits(255)
        .says("only supported schemes for imports are file and https");
    let script = format!("import '{plain}'; export default function () {{}}");
    Runner::new()
        .script(&script)
        .run()
        .exits(107)
        .says("only supported schemes for imports are file and https");
}

#[test]
fn strangers_are_not_trusted() {
    let output = Runner::new()
        .main(&url("export default () => {}"))
        .run()
        .exits(255);
    output.says("x509");
}

#[test]
fn remote_modules_cannot_import_local_files() {
    let runner = trusting(Runner::new()).file("secret.js", "export const x = 1;");
    let local = format!("file://{}", runner.folder().join("secret.js").display());
    let evil = format!("import '{local}';");
    let script = format!("import '{}'; export default function () {{}}", url(&evil));
    runner
        .script(&script)
        .run()
        .exits(107)
        .says("not allowed to load local file");
}

#[test]
fn nobody_answers() {
    let url = format!("https://127.0.0.1:{}/x.js", runner_tests::closed_port());
    Runner::new()
        .main(&url)
        .run()
        .exits(255)
        .says("couldn't be retrieved")
        .says(&url);
}
