//! The generated files equal the tree: completions, manual pages and the reference part of the book.
//!
//! `SNAPSHOTS=overwrite cargo test generated` writes them anew, and removes what is no longer made.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use clap_complete::Shell;

use crate::docs::{overwrite, root};

/// Whether a file is one that this test answers for.
type Ours = fn(&Path) -> bool;

#[test]
fn completions() {
    let files = [
        (Shell::Bash, "ctl.bash"),
        (Shell::Zsh, "_ctl"),
        (Shell::Fish, "ctl.fish"),
        (Shell::PowerShell, "ctl.ps1"),
        (Shell::Elvish, "ctl.elv"),
    ];
    let made = files.map(|(shell, name)| (name.to_owned(), ctl::commands::completions::script(shell)));
    hold("completions", made, |_| true);
}

#[test]
fn manual_pages() {
    hold("docs/man", ctl::commands::man::pages().unwrap(), |_| true);
}

#[test]
fn reference() {
    let made = ctl::commands::reference::pages();
    hold(
        "docs",
        made.into_iter().map(|(name, text)| (name.to_owned(), text)),
        |_| false,
    );
}

#[test]
fn schemas() {
    use ctl::model::event::json_schema;
    use ctl::report::event::Schema;

    let made = [
        ("event.schema.json", json_schema::event()),
        ("stored-event.schema.json", json_schema::stored()),
    ];
    let made = made.map(|(name, document)| (name.to_owned(), Schema::file(&document)));
    hold("docs/schema", made, |_| true);
}

/// Holds the files of `dir` to what was made; of the others, those that are `ours` are left-overs.
fn hold(dir: &str, made: impl IntoIterator<Item = (String, String)>, ours: Ours) {
    let dir = root().join(dir);
    let made: BTreeMap<PathBuf, String> = made.into_iter().map(|(name, text)| (dir.join(name), text)).collect();
    if overwrite() {
        fs::create_dir_all(&dir).unwrap();
        for (file, text) in &made {
            fs::write(file, text).unwrap();
        }
        for file in left_over(&dir, &made, ours) {
            fs::remove_file(file).unwrap();
        }
        return;
    }
    let stale = made
        .iter()
        .filter(|(file, text)| fs::read_to_string(file).ok().as_ref() != Some(text))
        .map(|(file, _)| file.clone());
    let stale: Vec<PathBuf> = stale.chain(left_over(&dir, &made, ours)).collect();
    assert!(
        stale.is_empty(),
        "not as the program makes them: {stale:#?}\nSNAPSHOTS=overwrite cargo test generated writes them anew"
    );
}

fn left_over(dir: &Path, made: &BTreeMap<PathBuf, String>, ours: Ours) -> Vec<PathBuf> {
    let Ok(files) = fs::read_dir(dir) else {
        return Vec::new();
    };
    files
        .map(|file| file.unwrap().path())
        .filter(|file| file.is_file() && ours(file) && !made.contains_key(file))
        .collect()
}
