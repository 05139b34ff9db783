//! A JavaScript library as large projects have them: 660 KB of plain functions, tables and
//! classes, and a script that uses a little of it. Generated, the same bytes each time but for a
//! first line that makes a copy unlike any that was run before.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

/// Size of the library, in bytes.
const SIZE: usize = 660_000;

const SCRIPT: &str = "import { call } from './library.js';
import { sleep } from 'k6';
const seconds = Number(__ENV.SLEEP || 0);
export default function () {
  if (call(__VU) !== __VU + 1) throw new Error('the library is wrong');
  if (seconds > 0) sleep(seconds);
}
";

/// Writes both into `folder`; returns the script. `copy` is in the first line.
pub fn write(folder: &Path, copy: u64) -> Result<PathBuf> {
    let script = folder.join("library-test.js");
    fs::write(folder.join("library.js"), library(copy)).context("cannot write the library")?;
    fs::write(&script, SCRIPT).context("cannot write its script")?;
    Ok(script)
}

fn library(copy: u64) -> String {
    let mut text = format!("// copy {copy}\nconst registry = {{}};\n");
    let mut number = 0;
    while text.len() < SIZE {
        // Each kind in turn; no two bodies are the same text.
        let _ = match number % 3 {
            0 => writeln!(
                text,
                "function step{number}(value, options = {{}}) {{\n  const {{ scale = {number}, offset = 1, names = [] }} = options;\n  \
                 if (value > {number} * 1000) {{ return names.map((name) => name + '-{number}').join(','); }}\n  \
                 let total = value * scale + offset;\n  for (let i = 0; i < names.length; i++) {{ total += names[i].length % {m}; }}\n  \
                 return total;\n}}\nregistry.step{number} = step{number};",
                m = number % 7 + 2
            ),
            1 => writeln!(
                text,
                "const table{number} = [\n  {{ id: {number}, name: 'entry {number}', price: {price}, tags: ['red', 'n{number}'], nested: {{ deep: true, level: {level} }} }},\n  \
                 {{ id: {next}, name: 'other {number}', price: {price}, tags: ['blue'], nested: {{ deep: false, level: {level} }} }},\n];\nregistry.table{number} = table{number};",
                price = number * 3 % 1000,
                level = number % 5,
                next = number + 1
            ),
            _ => writeln!(
                text,
                "class Model{number} {{\n  #state = {number};\n  static kind = 'model-{number}';\n  constructor(name = 'm{number}') {{ this.name = name; this.items = []; }}\n  \
                 get state() {{ return this.#state; }}\n  add(item) {{ this.items.push(item); this.#state += 1; return this; }}\n  \
                 describe() {{ return `${{this.name}}:${{this.items.length}}:${{this.#state}}`; }}\n}}\nregistry.Model{number} = Model{number};"
            ),
        };
        number += 1;
    }
    text.push_str("export const names = Object.keys(registry);\nexport function call(value) { return registry.step0(value, { scale: 1, offset: 1 }); }\nexport default registry;\n");
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_library_is_the_same_but_for_its_first_line() {
        let (one, two) = (library(1), library(2));
        assert!((SIZE..SIZE + 2_000).contains(&one.len()), "{}", one.len());
        assert_ne!(one, two);
        let body = |text: &str| text.split_once('\n').unwrap().1.to_owned();
        assert_eq!(body(&one), body(&two));
    }
}
