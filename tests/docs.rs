//! The documentation is true: every console block runs and prints what it shows, every link leads
//! somewhere, every page is in the summary, every finding is explained.
//!
//! The commands of a file run in order, in one fresh directory with a fresh sandbox. A plain `ctl …` runs
//! inside this process, with a terminal of 100 columns on stdout and stderr and nobody to answer a
//! question; a line of the shell, and `ctl sandbox`, runs in `sh` with the binary in `PATH`. Output may
//! hold `[..]` for a part of a line and `...` for any number of lines. Where a command fails, `Error: ` has
//! to be shown, or `echo $?` has to come next.
//!
//! `SNAPSHOTS=overwrite cargo test docs` writes the output anew where it does not match.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Arc, Mutex};

use ctl::apply::Interrupt;
use ctl::process::{Env, Process, Terminal};
use snapbox::IntoData as _;
use tempfile::TempDir;

/// Where the package is.
pub(crate) fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// Whether files are to be written anew instead of compared.
#[expect(
    clippy::disallowed_methods,
    reason = "how the tests are run is said by the environment"
)]
pub(crate) fn overwrite() -> bool {
    std::env::var_os("SNAPSHOTS").is_some_and(|wish| wish == "overwrite")
}

#[test]
fn console_blocks_print_what_they_show() {
    let mut wrong = Vec::new();
    for file in pages() {
        let text = fs::read_to_string(&file).unwrap();
        let played = play(&text);
        if overwrite() {
            fs::write(&file, played.text).unwrap();
        } else {
            let name = file.strip_prefix(root()).unwrap().display().to_string();
            wrong.extend(played.wrong.into_iter().map(|what| format!("{name}:{what}")));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

#[test]
fn a_wrong_block_is_found() {
    let right = "```console\n$ printf 'a\\nb\\n'\n[..]\n...\n$ ctl nonsense\nError: [..]\n...\n```\n";
    assert_eq!(play(right).wrong, Vec::<String>::new());
    for wrong in [
        "```console\n$ echo a\nb\n```\n",
        "```console\n$ false\n```\n",
        "```console\n$ ctl nonsense\n...\n```\n",
    ] {
        assert_eq!(play(wrong).wrong.len(), 1, "{wrong}");
    }
}

#[test]
fn a_fresh_output_is_written_without_ids() {
    let text = "a\n```console\n$ echo 5b544c88-c68e-4193-8efe-d976d7a5e21d at 2026-11-21T02:00:00Z\n```\nb\n";
    let written =
        "a\n```console\n$ echo 5b544c88-c68e-4193-8efe-d976d7a5e21d at 2026-11-21T02:00:00Z\n[..] at [..]\n```\nb\n";
    assert_eq!(play(text).text, written);
    assert_eq!(
        without_ids("{\"duration_ms\": 38, \"n\": 38}"),
        "{\"duration_ms\": [..], \"n\": 38}"
    );
}

#[test]
fn links_lead_somewhere() {
    let mut broken = Vec::new();
    for file in pages() {
        let text = fs::read_to_string(&file).unwrap();
        for link in links(&text) {
            if !leads_somewhere(&file, &link) {
                broken.push(format!("{}: {link}", file.display()));
            }
        }
    }
    assert!(broken.is_empty(), "{broken:#?}");
}

#[test]
fn a_broken_link_is_found() {
    let file = root().join("README.md");
    let text =
        "[a](no-such.md) `[b](neither.md)` [c](https://example.com) [d](#no-such-heading) [e](docs/SUMMARY.md)\n";
    let broken: Vec<String> = links(text)
        .into_iter()
        .filter(|link| !leads_somewhere(&file, link))
        .collect();
    assert_eq!(broken, ["no-such.md", "#no-such-heading"]);
}

#[test]
fn every_page_is_in_the_summary() {
    let summary = root().join("docs/SUMMARY.md");
    let listed: BTreeSet<PathBuf> = links(&fs::read_to_string(&summary).unwrap())
        .iter()
        .map(|link| root().join("docs").join(link))
        .collect();
    let written: BTreeSet<PathBuf> = pages()
        .into_iter()
        .filter(|page| page.starts_with(root().join("docs")) && *page != summary)
        .collect();
    assert_eq!(listed, written);
}

#[test]
fn every_finding_is_explained() {
    let page = fs::read_to_string(root().join("docs/ideas/findings.md")).unwrap();
    let missing: Vec<String> = finding_codes()
        .into_iter()
        .filter(|code| !page.contains(&format!("| `{code}` |")))
        .collect();
    assert!(missing.is_empty(), "not in docs/ideas/findings.md: {missing:?}");
}

#[test]
fn json_blocks_are_json() {
    for file in pages() {
        let text = fs::read_to_string(&file).unwrap();
        for block in text.split("```json\n").skip(1) {
            let json = block.split("\n```").next().unwrap();
            let read: Result<serde_json::Value, _> = serde_json::from_str(json);
            assert!(read.is_ok(), "{}: {:?}\n{json}", file.display(), read.err());
        }
    }
}

/// The README, the change log and every page of the book.
fn pages() -> Vec<PathBuf> {
    let mut pages = vec![root().join("README.md"), root().join("CHANGELOG.md")];
    let mut dirs = vec![root().join("docs")];
    while let Some(dir) = dirs.pop() {
        for entry in fs::read_dir(dir).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                dirs.push(path);
            } else if path.extension().is_some_and(|extension| extension == "md") {
                pages.push(path);
            }
        }
    }
    pages.sort();
    pages
}

/// What became of a file's console blocks.
struct Played {
    /// Line, command and difference of each that printed something else.
    wrong: Vec<String>,
    /// The file with the output as it is now.
    text: String,
}

/// A command of a console block, with the output that is shown.
struct Shown<'a> {
    line: usize,
    command: &'a str,
    expected: Vec<&'a str>,
}

enum Part<'a> {
    Text(&'a str),
    Command(Shown<'a>),
}

/// Cuts a file into commands of console blocks, and the rest.
fn cut(text: &str) -> Vec<Part<'_>> {
    let mut parts = Vec::new();
    let mut inside = false;
    for (at, line) in text.lines().enumerate() {
        if line.starts_with("```") {
            inside = !inside && line == "```console";
            parts.push(Part::Text(line));
            continue;
        }
        if let (true, Some(command)) = (inside, line.strip_prefix("$ ")) {
            parts.push(Part::Command(Shown {
                line: at + 1,
                command,
                expected: Vec::new(),
            }));
            continue;
        }
        match parts.last_mut().filter(|_| inside) {
            Some(Part::Command(shown)) => shown.expected.push(line),
            _ => parts.push(Part::Text(line)),
        }
    }
    parts
}

fn play(text: &str) -> Played {
    let mut shell = None;
    let mut wrong = Vec::new();
    let mut written: Vec<String> = Vec::new();
    let parts = cut(text);
    for (at, part) in parts.iter().enumerate() {
        let shown = match part {
            Part::Text(line) => {
                written.push((*line).to_owned());
                continue;
            }
            Part::Command(shown) => shown,
        };
        let ran = shell.get_or_insert_with(Shell::new).run(shown.command);
        let output = tidy(&ran.output);
        let expected = shown.expected.join("\n");
        let asked = matches!(parts.get(at + 1), Some(Part::Command(next)) if next.command == "echo $?");
        let may_fail = asked || expected.contains("Error: ");
        let kept = shown.expected.iter().map(|line| (*line).to_owned());
        written.push(format!("$ {}", shown.command));
        let place = format!("{}: $ {}", shown.line, shown.command);
        if ran.code != 0 && !may_fail {
            // Never written down by itself: a failure that is meant is shown first.
            wrong.push(format!("{place} exit {}\n{output}", ran.code));
            written.extend(kept);
        } else if let Some(difference) = differs(&output, &expected) {
            wrong.push(format!("{place}\n{difference}"));
            written.extend(without_ids(&output).lines().map(str::to_owned));
        } else {
            if ran.code == 0 && may_fail && !asked {
                wrong.push(format!("{place} did not fail"));
            }
            written.extend(kept);
        }
    }
    Played {
        wrong,
        text: written.join("\n") + "\n",
    }
}

/// No blank at the end of a line, none at the end of the output.
fn tidy(output: &str) -> String {
    let lines: Vec<&str> = output.lines().map(str::trim_end).collect();
    lines.join("\n").trim_end().to_owned()
}

fn differs(output: &str, expected: &str) -> Option<String> {
    // A backslash is part of JSON here, and of no path.
    let assert = snapbox::Assert::new().normalize_paths(false);
    let compared = assert.try_eq(None, output.raw(), expected.trim_end().into_data());
    compared.err().map(|difference| difference.to_string())
}

/// The output with UUIDs, times and durations elided.
fn without_ids(output: &str) -> String {
    const DURATION: &str = "\"duration_ms\": ";
    if let Some((before, after)) = output.split_once(DURATION) {
        let after = after.trim_start_matches(|c: char| c.is_ascii_digit());
        return format!("{}{DURATION}[..]{}", without_ids(before), without_ids(after));
    }
    let shapes = ["hhhhhhhh-hhhh-hhhh-hhhh-hhhhhhhhhhhh", "dddd-dd-ddTdd:dd:ddZ"];
    let mut rest = output;
    let mut text = String::new();
    while let Some(c) = rest.chars().next() {
        let fitting = shapes.iter().find(|shape| {
            shape.len() <= rest.len()
                && shape.bytes().zip(rest.bytes()).all(|(shape, byte)| match shape {
                    b'h' => byte.is_ascii_hexdigit(),
                    b'd' => byte.is_ascii_digit(),
                    other => other == byte,
                })
        });
        let (put, taken) = fitting.map_or((c.to_string(), c.len_utf8()), |shape| ("[..]".to_owned(), shape.len()));
        text.push_str(&put);
        rest = rest.get(taken..).unwrap_or_default();
    }
    text
}

/// What a file's commands share: a directory, a sandbox and the variables that were set.
struct Shell {
    dir: TempDir,
    last: u8,
}

struct Ran {
    output: String,
    code: u8,
}

impl Shell {
    fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        for made in ["bin", "home", "work"] {
            fs::create_dir(dir.path().join(made)).unwrap();
        }
        #[cfg(unix)]
        std::os::unix::fs::symlink(env!("CARGO_BIN_EXE_ctl"), dir.path().join("bin/ctl")).unwrap();
        fs::write(dir.path().join("variables"), "").unwrap();
        Self { dir, last: 0 }
    }

    fn run(&mut self, command: &str) -> Ran {
        if command == "echo $?" {
            return Ran {
                output: self.last.to_string(),
                code: 0,
            };
        }
        let ran = match self.words(command) {
            Some((variables, words)) => self.inside(variables, words),
            None => self.sh(command),
        };
        self.last = ran.code;
        ran
    }

    /// The environment of every command, and no other.
    fn env(&self) -> BTreeMap<String, String> {
        let inside = |name: &str| self.dir.path().join(name).display().to_string();
        let path = format!("{}:/usr/local/bin:/usr/bin:/bin", inside("bin"));
        [
            ("PATH", path),
            ("HOME", inside("home")),
            ("TMPDIR", inside("work")),
            ("CTL_SANDBOX_STATE", inside("sandbox.sqlite")),
            ("NO_COLOR", "1".to_owned()),
            ("COLUMNS", "100".to_owned()),
        ]
        .map(|(name, value)| (name.to_owned(), value))
        .into()
    }

    /// The words of a plain `ctl …`, as the shell splits them, and the variables set before it.
    fn words(&self, command: &str) -> Option<(BTreeMap<String, String>, Vec<String>)> {
        let plain = !command.contains(['|', '&', ';', '<', '>', '`', '\n']) && !command.contains("$(");
        if !plain {
            return None;
        }
        let split = self.script(&format!("printf '%s\\0' {command}"));
        let split = String::from_utf8(split.stdout).unwrap();
        let mut words = split.trim_end_matches('\0').split('\0').map(str::to_owned).peekable();
        let mut variables = BTreeMap::new();
        while let Some((name, value)) = words.peek().and_then(|word| word.split_once('=')) {
            variables.insert(name.to_owned(), value.to_owned());
            words.next();
        }
        let words: Vec<String> = words.collect();
        let ours = words.first().is_some_and(|word| word == "ctl") && words.get(1).is_none_or(|word| word != "sandbox");
        ours.then_some((variables, words))
    }

    fn inside(&self, variables: BTreeMap<String, String>, words: Vec<String>) -> Ran {
        let screen = Screen::default();
        let env: Env = self.env().into_iter().chain(variables).collect();
        let process = Process {
            heeds_hangup: false,
            args: words.into_iter().map(Into::into).collect(),
            env,
            cwd: self.dir.path().join("work"),
            terminal: Terminal {
                stdin: false,
                stdout: true,
                stderr: true,
                width: Some(100),
            },
            stdin: Box::new(std::io::empty()),
            stdout: Box::new(screen.clone()),
            stderr: Box::new(screen.clone()),
            #[expect(clippy::disallowed_methods, reason = "the sandbox has the same clock")]
            now: jiff::Timestamp::now,
            random: || 0.5,
            uuid: || uuid::uuid!("5b544c88-c68e-4193-8efe-d976d7a5e21d"),
        };
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .enable_all()
            .build()
            .unwrap();
        let code = runtime.block_on(ctl::commands::run(process, Interrupt::default()));
        let output = String::from_utf8(screen.0.lock().unwrap().clone()).unwrap();
        Ran { output, code }
    }

    fn sh(&self, command: &str) -> Ran {
        let variables = self.dir.path().join("variables");
        let ran = self.script(&format!(
            "exec 2>&1\n{command}\ncode=$?\nexport -p > '{}'\nexit $code",
            variables.display()
        ));
        Ran {
            output: String::from_utf8(ran.stdout).unwrap(),
            code: ran
                .status
                .code()
                .and_then(|code| u8::try_from(code).ok())
                .unwrap_or(255),
        }
    }

    /// Runs a script with the variables that earlier commands of the file set.
    fn script(&self, script: &str) -> std::process::Output {
        let variables = self.dir.path().join("variables");
        Command::new("sh")
            .arg("-c")
            .arg(format!(". '{}'\nset -a\n{script}", variables.display()))
            .env_clear()
            .envs(self.env())
            .current_dir(self.dir.path().join("work"))
            .stdin(std::process::Stdio::null())
            .output()
            .unwrap()
    }
}

/// Stdout and stderr, as they come together on a terminal.
#[derive(Clone, Default)]
struct Screen(Arc<Mutex<Vec<u8>>>);

impl Write for Screen {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// The lines outside blocks of code, without what is between backticks.
fn prose(text: &str) -> Vec<String> {
    let mut inside = false;
    let outside = text.lines().filter(|line| {
        let fence = line.trim_start().starts_with("```");
        inside ^= fence;
        !inside && !fence
    });
    outside
        .map(|line| line.split('`').step_by(2).collect::<Vec<_>>().join("`"))
        .collect()
}

/// The targets of the links to files of this tree.
fn links(text: &str) -> Vec<String> {
    let mut links = Vec::new();
    for line in prose(text) {
        for after in line.split("](").skip(1) {
            let target = after.split([')', ' ']).next().unwrap_or_default();
            if !target.contains("://") && !target.starts_with("mailto:") {
                links.push(target.to_owned());
            }
        }
    }
    links
}

fn leads_somewhere(from: &Path, link: &str) -> bool {
    let (file, anchor) = link
        .split_once('#')
        .map_or((link, None), |(file, anchor)| (file, Some(anchor)));
    let file = if file.is_empty() {
        from.to_owned()
    } else {
        from.parent().unwrap().join(file)
    };
    match anchor {
        None => file.exists(),
        Some(anchor) => fs::read_to_string(file).is_ok_and(|text| anchors(&text).contains(anchor)),
    }
}

/// The anchors of a page's headings, as mdBook and GitHub make them.
fn anchors(text: &str) -> BTreeSet<String> {
    let mut inside = false;
    let mut anchors = BTreeSet::new();
    for line in text.lines() {
        inside ^= line.starts_with("```");
        let Some((_, heading)) = line
            .split_once("# ")
            .filter(|(hashes, _)| !inside && hashes.chars().all(|c| c == '#'))
        else {
            continue;
        };
        let kept = heading.trim().to_lowercase();
        let kept = kept
            .chars()
            .filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_'));
        anchors.insert(kept.map(|c| if c == ' ' { '-' } else { c }).collect());
    }
    anchors
}

/// The codes that the source gives to findings.
fn finding_codes() -> BTreeSet<String> {
    let mut codes = BTreeSet::new();
    for file in ["plan/integration.rs", "plan/policy/findings.rs", "plan/policy/lint.rs"] {
        let source = fs::read_to_string(root().join("src").join(file)).unwrap();
        for begin in ["Finding::new(", "error_found(", "warning(", "pub(crate) const "] {
            for after in source.split(begin).skip(1) {
                let statement = after.split([';', '}']).next().unwrap();
                let literals = statement.split('"').skip(1).step_by(2);
                let is_code = |text: &&str| {
                    text.contains(|c: char| c.is_ascii_lowercase())
                        && text.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_')
                };
                codes.extend(literals.take(1).filter(is_code).map(str::to_owned));
            }
        }
    }
    assert!(codes.len() > 20, "the source is not read right: {codes:?}");
    codes
}
