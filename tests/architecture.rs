//! Who may import whom (docs/design/001-rooms.md): read from the paths in src, so that a room that
//! reaches where it must not is found by name.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// A room of the house, and the rooms that it may name. `main` and `lib` may name all.
const MAY_IMPORT: [(&str, &[&str]); 12] = [
    ("model", &[]),
    ("plan", &["model"]),
    ("report", &["model", "plan"]),
    ("error", &["model", "plan"]),
    ("process", &[]),
    ("settings", &["model", "process", "error"]),
    ("ui", &["process", "error", "report", "settings", "plan"]),
    ("aws", &["model", "error"]),
    ("apply", &["model", "plan", "aws", "error"]),
    (
        "commands",
        &[
            "apply", "aws", "context", "error", "model", "plan", "process", "report", "sandbox", "settings", "ui",
        ],
    ),
    (
        "context",
        &["apply", "aws", "error", "model", "process", "sandbox", "settings"],
    ),
    ("sandbox", &[]),
];

/// The files that may name the sandbox.
const START_THE_SANDBOX: [&str; 3] = ["commands/sandbox.rs", "commands/demo.rs", "context.rs"];

/// What a pure room has nothing to do with: waiting, the outside world, the time.
const IMPURE: [&str; 12] = [
    "async fn",
    "async move",
    ".await",
    "std::fs",
    "std::io",
    "std::env",
    "std::net::Tcp",
    "std::net::Udp",
    "std::process",
    "tokio::",
    "SystemTime",
    "::now()",
];

/// A source file by its path under src, its tests and comments left out.
struct Source {
    path: String,
    code: String,
}

impl Source {
    /// The room that the file is in.
    fn room(&self) -> &str {
        let first = self.path.split('/').next().unwrap();
        first.strip_suffix(".rs").unwrap_or(first)
    }

    /// The rooms that it names.
    fn imports(&self) -> BTreeSet<&str> {
        let mut rooms = BTreeSet::new();
        for rest in self.code.split("crate::").skip(1) {
            if let Some(group) = rest.strip_prefix('{') {
                let group = group.split_once("};").unwrap().0;
                rooms.extend(top_level(group));
            } else {
                rooms.insert(word(rest));
            }
        }
        // A macro's own crate is no room.
        rooms.retain(|room| !room.is_empty() && *room != self.room());
        rooms
    }
}

/// The identifier at the beginning.
fn word(text: &str) -> &str {
    let end = text
        .find(|c: char| !c.is_alphanumeric() && c != '_')
        .unwrap_or(text.len());
    text.get(..end).unwrap_or_default()
}

/// The first words of a `use` group, those of groups inside it left out.
fn top_level(group: &str) -> Vec<&str> {
    let mut depth = 0_usize;
    let mut words = vec![word(group.trim_start())];
    for (at, letter) in group.char_indices() {
        match letter {
            '{' => depth += 1,
            '}' => depth -= 1,
            ',' if depth == 0 => words.push(word(group.get(at + 1..).unwrap_or_default().trim_start())),
            _ => {}
        }
    }
    words
}

fn files(dir: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
}

/// The code of a file without comments and without its unit tests, which may do as they like.
fn code(text: &str) -> String {
    let before_tests = text.split("#[cfg(test)]\nmod tests {").next().unwrap();
    let line = |line: &str| line.split("//").next().unwrap_or_default().to_owned();
    before_tests.lines().map(line).collect::<Vec<_>>().join("\n")
}

/// Every source file, but for those that are unit tests as a whole.
fn sources() -> Vec<Source> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut paths = Vec::new();
    files(&root, &mut paths);
    let sources = paths.into_iter().map(|path| Source {
        code: code(&std::fs::read_to_string(&path).unwrap()),
        path: path.strip_prefix(&root).unwrap().to_str().unwrap().to_owned(),
    });
    let is_test = |path: &str| {
        ["tests.rs", "laws.rs", "fixtures.rs"]
            .iter()
            .any(|name| path.ends_with(name))
    };
    let sources: Vec<Source> = sources.filter(|source| !is_test(&source.path)).collect();
    assert!(sources.len() > 50, "src was not found");
    sources
}

#[test]
fn every_room_is_known() {
    let known: BTreeSet<&str> = MAY_IMPORT
        .iter()
        .map(|(room, _)| *room)
        .chain(["main", "lib"])
        .collect();
    let sources = sources();
    let found: BTreeSet<&str> = sources.iter().map(Source::room).collect();
    assert_eq!(found, known);
}

#[test]
fn rooms_name_only_the_rooms_they_may() {
    let may: BTreeMap<&str, &[&str]> = MAY_IMPORT.into();
    let mut wrong = Vec::new();
    for source in sources() {
        let Some(allowed) = may.get(source.room()) else {
            continue;
        };
        for room in source.imports() {
            if !allowed.contains(&room) {
                wrong.push(format!("src/{} names crate::{room}", source.path));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn no_path_leaves_a_room_by_the_back_door() {
    // `super` at the top of a room would be the crate.
    let mut wrong = Vec::new();
    for source in sources() {
        let depth = source.path.matches('/').count();
        let depth = depth - usize::from(source.path.ends_with("/mod.rs"));
        let up = "super::".repeat(depth + 1);
        if source.room() != "lib" && source.room() != "main" && source.code.contains(&up) {
            wrong.push(format!("src/{} climbs out with {up}", source.path));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn few_start_the_sandbox() {
    let naming: Vec<String> = sources()
        .into_iter()
        .filter(|source| source.room() != "sandbox" && source.imports().contains("sandbox"))
        .map(|source| source.path)
        .collect();
    let others: Vec<&String> = naming
        .iter()
        .filter(|path| !START_THE_SANDBOX.contains(&path.as_str()))
        .collect();
    assert!(others.is_empty(), "{others:?}");
}

#[test]
fn the_sandbox_is_a_stranger_to_every_sdk() {
    for source in sources().iter().filter(|source| source.room() == "sandbox") {
        for sdk in ["aws_sdk", "aws_smithy", "aws_types", "aws_config", "aws_credential"] {
            assert!(!source.code.contains(sdk), "src/{} names {sdk}", source.path);
        }
    }
}

#[test]
fn sdk_types_stop_at_the_door_of_aws() {
    for source in sources().iter().filter(|source| source.room() != "aws") {
        for sdk in ["aws_sdk", "aws_smithy", "aws_types", "aws_config", "aws_credential"] {
            assert!(!source.code.contains(sdk), "src/{} names {sdk}", source.path);
        }
    }
}

#[test]
fn pure_rooms_are_pure() {
    let pure =
        |source: &&Source| ["model", "plan", "report"].contains(&source.room()) || source.path == "settings/resolve.rs";
    for source in sources().iter().filter(pure) {
        for word in IMPURE {
            assert!(!source.code.contains(word), "src/{} has {word}", source.path);
        }
    }
}

#[test]
fn main_is_at_most_fifteen_lines() {
    let main = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("src/main.rs")).unwrap();
    assert!(main.lines().count() <= 15);
}

#[test]
fn paths_are_read_as_the_compiler_reads_them() {
    let source = Source {
        path: "model/x.rs".to_owned(),
        code: code(
            "use crate::plan::{a, b};\nuse crate::{ui::{self, text}, aws};\n// crate::apply\nfn f() -> crate::error::E {}\n\
             #[cfg(test)]\nmod tests {\n use crate::process;\n}\n",
        ),
    };
    let imports: Vec<&str> = source.imports().into_iter().collect();
    assert_eq!(imports, ["aws", "error", "plan", "ui"]);
}
