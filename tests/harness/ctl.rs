//! The binary, in surroundings of its own.

use std::collections::BTreeMap;
use std::io::Write as _;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use serde_json::Value;
use tempfile::TempDir;

use super::redact::redact;
use super::{SECRET, SECRET_KEY};

/// `ctl` with its home directory and its environment.
pub(crate) struct Ctl {
    home: TempDir,
    env: BTreeMap<String, String>,
}

/// What a run of `ctl` left behind.
#[derive(Debug)]
pub(crate) struct Output {
    pub(crate) code: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
    command: String,
    home: String,
}

impl Ctl {
    /// `ctl` without credentials, Region or endpoint.
    pub(crate) fn new() -> Self {
        let home = tempfile::tempdir().unwrap();
        let path = |name: &str| home.path().join(name).display().to_string();
        let mut env: BTreeMap<String, String> = [
            ("HOME", home.path().display().to_string()),
            ("XDG_CONFIG_HOME", path("config")),
            ("XDG_STATE_HOME", path("state")),
            ("XDG_CACHE_HOME", path("cache")),
            ("TMPDIR", home.path().display().to_string()),
            ("COLUMNS", "100".to_owned()),
            ("AWS_EC2_METADATA_DISABLED", "true".to_owned()),
        ]
        .map(|(name, value)| (name.to_owned(), value))
        .into();
        for name in ["PATH", "LLVM_PROFILE_FILE"] {
            #[expect(
                clippy::disallowed_methods,
                reason = "the allow-list of the environment is made here"
            )]
            env.extend(std::env::var(name).ok().map(|value| (name.to_owned(), value)));
        }
        Self { home, env }
    }

    /// The same with a variable.
    pub(crate) fn env(mut self, name: &str, value: &str) -> Self {
        self.env.insert(name.to_owned(), value.to_owned());
        self
    }

    /// The same without a variable.
    pub(crate) fn without(mut self, name: &str) -> Self {
        assert!(self.env.remove(name).is_some(), "{name} is not set");
        self
    }

    /// The same in a Region.
    pub(crate) fn region(self, region: &str) -> Self {
        self.env("AWS_REGION", region)
    }

    /// Its home directory, which is its working directory too.
    pub(crate) fn home(&self) -> &Path {
        self.home.path()
    }

    /// Writes a file into the home directory.
    pub(crate) fn file(&self, name: &str, content: impl AsRef<[u8]>) -> &Self {
        let file = self.home().join(name);
        std::fs::create_dir_all(file.parent().unwrap()).unwrap();
        std::fs::write(file, content).unwrap();
        self
    }

    /// Runs it with arguments that hold no spaces.
    #[must_use]
    pub(crate) fn run(&self, args: &str) -> Output {
        let args: Vec<&str> = args.split_whitespace().collect();
        self.run_args(&args)
    }

    /// Runs it.
    #[must_use]
    pub(crate) fn run_args(&self, args: &[&str]) -> Output {
        self.finish(args, self.command(args))
    }

    /// Runs it with something on standard input.
    #[must_use]
    pub(crate) fn run_with_stdin(&self, args: &str, stdin: impl AsRef<[u8]>) -> Output {
        let args: Vec<&str> = args.split_whitespace().collect();
        let mut command = self.command(&args);
        let mut child = command.stdin(Stdio::piped()).spawn().unwrap();
        child.stdin.take().unwrap().write_all(stdin.as_ref()).ok();
        let output = child.wait_with_output().unwrap();
        self.output(&args, &output)
    }

    /// Starts it, and does not wait for it.
    pub(crate) fn start(&self, args: &str) -> Child {
        let args: Vec<&str> = args.split_whitespace().collect();
        self.command(&args).spawn().unwrap()
    }

    /// Runs it with a standard output that nobody reads any more.
    #[must_use]
    pub(crate) fn run_with_closed_stdout(&self, args: &str) -> Output {
        let args: Vec<&str> = args.split_whitespace().collect();
        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        let mut command = self.command(&args);
        command.stdout(writer);
        self.finish(&args, command)
    }

    /// Runs it with standard output going into a file that exists.
    #[must_use]
    pub(crate) fn run_into(&self, file: &str, args: &str) -> Output {
        let args: Vec<&str> = args.split_whitespace().collect();
        let mut command = self.command(&args);
        command.stdout(std::fs::OpenOptions::new().write(true).open(file).unwrap());
        self.finish(&args, command)
    }

    /// The command that would run it, its streams piped.
    pub(crate) fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_ctl"));
        command
            .args(args)
            .env_clear()
            .envs(&self.env)
            .current_dir(self.home())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        command
    }

    /// Runs it in a shell that did something first: that set a limit, for instance.
    #[must_use]
    pub(crate) fn run_after(&self, shell: &str, args: &str) -> Output {
        let output = self.start_after(shell, args).wait_with_output().unwrap();
        self.output(&[shell, args], &output)
    }

    /// Starts it so, without waiting for it.
    pub(crate) fn start_after(&self, shell: &str, args: &str) -> Child {
        let line = format!("{shell}; exec {} {args}", env!("CARGO_BIN_EXE_ctl"));
        let mut command = Command::new("sh");
        command
            .args(["-c", &line])
            .env_clear()
            .envs(&self.env)
            .current_dir(self.home())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        command.spawn().unwrap()
    }

    fn finish(&self, args: &[&str], mut command: Command) -> Output {
        let output = command.spawn().unwrap().wait_with_output().unwrap();
        self.output(args, &output)
    }

    /// What a run that was started left behind.
    #[must_use]
    pub(crate) fn output(&self, args: &[&str], output: &std::process::Output) -> Output {
        let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
        let output = Output {
            code: output.status.code().expect("an exit code, not a signal"),
            stdout: text(&output.stdout),
            stderr: text(&output.stderr),
            command: format!("ctl {}", args.join(" ")),
            home: self.home().display().to_string(),
        };
        assert!(
            output.code != 70 && !output.stderr.contains("panicked"),
            "a bug in ctl: {output}"
        );
        for (name, text) in [("stdout", &output.stdout), ("stderr", &output.stderr)] {
            assert!(!text.contains(SECRET), "the external ID is in {name}: {output}");
            assert!(
                !text.contains(SECRET_KEY),
                "the secret access key is in {name}: {output}"
            );
        }
        output
    }
}

/// Sends a signal to what [`Ctl::start`] started.
pub(crate) fn signal(child: &Child, name: &str) {
    let sent = Command::new("kill")
        .args([&format!("-{name}"), &child.id().to_string()])
        .status()
        .unwrap();
    assert!(sent.success());
}

impl Output {
    /// The same, if it ended with this code.
    pub(crate) fn exits(self, code: i32) -> Self {
        assert_eq!(self.code, code, "{self}");
        self
    }

    /// Standard output as one JSON document; it begins with its schema.
    pub(crate) fn json(&self) -> Value {
        let document: Value = serde_json::from_str(&self.stdout).unwrap_or_else(|error| panic!("{error}: {self}"));
        let first = document.as_object().and_then(|members| members.keys().next());
        assert_eq!(first.map(String::as_str), Some("schema"), "{self}");
        assert!(document["sandbox"].is_boolean(), "{self}");
        document
    }

    /// The error that the last line of standard error holds.
    pub(crate) fn error(&self) -> Value {
        let line = self.stderr.lines().last().unwrap_or_default();
        let document: Value = serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {self}"));
        assert_eq!(document["schema"], "ctl.error/v1", "{self}");
        let error = document["error"].clone();
        let members: Vec<&String> = error.as_object().unwrap().keys().collect();
        assert_eq!(members, ["kind", "message", "code", "request_id", "hints"], "{self}");
        error
    }

    /// The same, if standard error says all of this.
    pub(crate) fn says(self, words: &[&str]) -> Self {
        for word in words {
            assert!(self.stderr.contains(word), "{word:?} is not said: {self}");
        }
        self
    }

    /// Everything, for a snapshot; tabs are shown.
    pub(crate) fn snapshot(&self) -> String {
        let mut text = format!("$ {}\n", self.command);
        for (name, stream) in [("stdout", &self.stdout), ("stderr", &self.stderr)] {
            if !stream.is_empty() {
                text = format!("{text}--- {name}\n{stream}");
            }
        }
        redact(&format!("{text}[exit {}]", self.code), &self.home).replace('\t', " | ")
    }
}

impl std::fmt::Display for Output {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            f,
            "$ {}\n--- stdout\n{}--- stderr\n{}[exit {}]",
            self.command,
            shortened(&self.stdout),
            shortened(&self.stderr),
            self.code
        )
    }
}

/// What is long, without its middle.
fn shortened(text: &str) -> String {
    const ENDS: usize = 15;
    let lines: Vec<&str> = text.split_inclusive('\n').collect();
    if lines.len() <= 3 * ENDS {
        return text.to_owned();
    }
    let (begin, end) = (lines[..ENDS].concat(), lines[lines.len() - ENDS..].concat());
    format!("{begin}… {} more lines\n{end}", lines.len() - 2 * ENDS)
}
