//! Where things are said: the only room that writes to a stream.
//!
//! The channels are named by meaning. `say` is the answer and goes to stdout; `status`, `warn`,
//! `hint` and `error` go to stderr. A closed stdout silences output and changes nothing else: what
//! is under way goes on, and so does the exit code. A stdout that fails otherwise (a full disk) is
//! an error at the end of the run.

pub mod log;
pub mod progress;
pub mod prompt;
mod text;

use std::io::Write;

use jiff::Timestamp;
use serde_json::{Value, json};

use crate::error::{Error, Kind, Result};
use crate::process::Terminal;
use crate::report::rows::Layout;
use crate::report::{Block, Reader, Report};
use crate::settings::{ColorChoice, Format};

use progress::Progress;

/// How this run speaks.
#[derive(Debug, Clone)]
pub struct Manner {
    /// The output format.
    pub format: Format,
    /// A compiled JMESPath expression over the JSON answer.
    pub jmespath: Option<jmespath::Expression<'static>>,
    /// Nothing but the answer and errors.
    pub quiet: bool,
    /// When to colour.
    pub color: ColorChoice,
    /// The verbs that need `--sandbox` too when they are pasted from a hint; none unless it was given.
    pub sandboxed: Vec<String>,
}

impl Manner {
    /// Plain text, as before any setting is known.
    pub fn plain(format: Format) -> Self {
        Self {
            format,
            jmespath: None,
            quiet: false,
            color: ColorChoice::Auto,
            sandboxed: Vec::new(),
        }
    }
}

/// The terminal, the pipe or the file that the user sees.
pub struct Ui {
    out: Box<dyn Write + Send>,
    err: Box<dyn Write + Send>,
    out_state: OutState,
    /// Lines that were said and have not been written.
    lines: String,
    terminal: Terminal,
    now: fn() -> Timestamp,
    manner: Manner,
}

/// How many bytes of lines wait to be written at most.
const LINES: usize = 32 * 1024;

/// What became of stdout.
enum OutState {
    Open,
    Closed,
    Failed(String),
}

/// A role that text on stderr plays.
#[derive(Clone, Copy)]
enum Role {
    Error,
    Warning,
    Hint,
}

impl Role {
    fn heading(self) -> &'static str {
        match self {
            Self::Error => "Error",
            Self::Warning => "Warning",
            Self::Hint => "Hint",
        }
    }

    fn style(self) -> anstyle::Style {
        let color = match self {
            Self::Error => anstyle::AnsiColor::Red,
            Self::Warning => anstyle::AnsiColor::Yellow,
            Self::Hint => anstyle::AnsiColor::Cyan,
        };
        color.on_default().bold()
    }
}

impl Ui {
    /// A user interface over two streams.
    pub fn new(
        out: Box<dyn Write + Send>,
        err: Box<dyn Write + Send>,
        terminal: Terminal,
        now: fn() -> Timestamp,
        manner: Manner,
    ) -> Self {
        Self {
            out,
            err,
            out_state: OutState::Open,
            lines: String::new(),
            terminal,
            now,
            manner,
        }
    }

    /// A user interface for what is left to say when a run is ended that holds the process's own streams:
    /// it has standard error only.
    pub fn of_last_resort(terminal: Terminal, now: fn() -> Timestamp, manner: Manner) -> Self {
        #[expect(clippy::disallowed_methods, reason = "the run that is ended holds the process's own")]
        let stderr = std::io::stderr();
        Self::new(Box::new(std::io::sink()), Box::new(stderr), terminal, now, manner)
    }

    /// Speaks in another manner from here on.
    pub fn set_manner(&mut self, manner: Manner) {
        self.manner = manner;
    }

    /// The format of the answer.
    pub fn format(&self) -> Format {
        self.manner.format
    }

    /// Whether a question can be asked: both stdin and stderr are terminals.
    pub fn can_ask(&self) -> bool {
        self.terminal.stdin && self.terminal.stderr
    }

    /// Says the answer, in the format of this run.
    pub fn say(&mut self, report: &dyn Report) -> Result<()> {
        let text = match self.manner.format {
            Format::Table | Format::Csv => {
                let reader = Reader {
                    terminal: self.terminal.stdout,
                    now: (self.now)(),
                };
                let blocks = self.pasteable_blocks(report.text(reader));
                self.pasteable(&text::render(&blocks, self.terminal.stdout, self.terminal.width))
            }
            // A line that were broken to fit a terminal would be no annotation any more.
            Format::Github => text::render(&report.annotations(), false, None),
            Format::Json => self.json_text(&self.select(self.pasteable_json(report.json()))?),
            Format::Ndjson => report
                .ndjson()
                .into_iter()
                .map(|line| Ok(format!("{}\n", self.select(self.pasteable_json(line))?)))
                .collect::<Result<String>>()?,
        };
        self.flush_lines();
        self.write_out(&text);
        Ok(())
    }

    /// Whether all is well once the answer was said: what went wrong with the work counts before what went
    /// wrong with saying it, an expression that does not fit the answer for instance.
    pub fn told(&mut self, said: Result<()>, work: Option<Error>) -> Result<()> {
        match (said, work) {
            (said, None) => said,
            (Ok(()), Some(error)) => Err(error),
            (Err(unsaid), Some(error)) => {
                self.warn(&unsaid.to_string());
                Err(error)
            }
        }
    }

    /// Says one line of an answer that comes in lines. In any format but `-o ndjson` the answer comes
    /// whole, at the end, and this says nothing.
    ///
    /// Lines are written many at a time: [`Self::flush_lines`] lets none of them wait.
    pub fn say_line(&mut self, line: Value) -> Result<()> {
        if self.manner.format == Format::Ndjson {
            let line = self.select(line)?.to_string();
            self.lines.push_str(&line);
            self.lines.push('\n');
            if self.lines.len() >= LINES {
                self.flush_lines();
            }
        }
        Ok(())
    }

    /// Writes the lines that were said and have not been written.
    pub fn flush_lines(&mut self) {
        let lines = std::mem::take(&mut self.lines);
        if !lines.is_empty() {
            self.write_out(&lines);
        }
    }

    /// Writes text to stdout as it is: help, completions, a man page.
    pub fn say_raw(&mut self, text: &str) {
        self.write_out(text);
    }

    /// Says what is being done, unless `--quiet`.
    pub fn status(&mut self, message: &str) {
        if !self.manner.quiet {
            self.write_err(&format!("{}\n", text::clean(message)));
        }
    }

    /// Shows a report to a person on stderr, a plan before its confirmation for instance.
    pub fn show(&mut self, report: &dyn Report) {
        let reader = Reader {
            terminal: true,
            now: (self.now)(),
        };
        let text = text::render(&report.text(reader), self.terminal.stderr, self.terminal.width);
        self.write_err(&self.pasteable(&text));
    }

    /// Warns.
    pub fn warn(&mut self, message: &str) {
        self.line(Role::Warning, message);
    }

    /// Warns of a failure that is not what the run fails with.
    pub fn trouble(&mut self, error: &Error) {
        let causes = error.causes().map(|cause| format!(" {}", cause.trim_end_matches('.')));
        self.warn(&format!(
            "{}{}",
            error.message,
            causes.map(|cause| cause + ".").collect::<String>()
        ));
        for hint in &error.hints {
            self.hint(hint);
        }
    }

    /// Tells the next step, unless `--quiet`.
    pub fn hint(&mut self, message: &str) {
        if !self.manner.quiet {
            self.line(Role::Hint, message);
        }
    }

    /// Says a failure; with a JSON format its last line is the error as one JSON object.
    pub fn error(&mut self, error: &Error) {
        self.line(Role::Error, &error.message);
        for cause in error.causes() {
            self.write_err(&format!("Caused by: {}\n", text::clean(&cause)));
        }
        if let Some(code) = error.code.as_deref().filter(|code| !error.to_string().contains(*code)) {
            self.write_err(&format!("Code: {}\n", text::clean(code)));
        }
        if let Some(id) = &error.request_id {
            self.write_err(&format!("Request id: {}\n", text::clean(id)));
        }
        for hint in &error.hints {
            self.line(Role::Hint, hint);
        }
        if self.manner.format.is_json() {
            let line = json!({
                "schema": "ctl.error/v1",
                "error": {
                    "kind": error.kind.as_str(),
                    "message": error.to_string(),
                    "code": error.code,
                    "request_id": error.request_id,
                    "hints": error.hints.iter().map(|hint| self.pasteable(hint)).collect::<Vec<_>>(),
                },
            });
            self.write_err(&format!("{line}\n"));
        }
    }

    /// How rows are laid out in this run.
    pub fn layout(&self) -> Layout {
        match self.manner.format {
            Format::Table if self.terminal.stdout => Layout::Fitted(self.terminal.width.map(usize::from)),
            Format::Table | Format::Github => Layout::Tabs,
            Format::Csv => Layout::Csv,
            Format::Json if self.manner.jmespath.is_some() => Layout::Whole,
            Format::Json => Layout::Json,
            Format::Ndjson => Layout::Ndjson,
        }
    }

    /// Whether nobody reads standard output any more.
    pub fn is_closed(&self) -> bool {
        !matches!(self.out_state, OutState::Open)
    }

    /// Something that draws progress, hidden unless a person looks at stderr.
    pub fn progress(&self) -> Progress {
        let seen = self.terminal.stderr && self.manner.format == Format::Table && !self.manner.quiet;
        Progress::new(seen)
    }

    /// What is left to say about stdout: nothing, unless it failed other than by being closed.
    pub fn finish(&mut self) -> Result<()> {
        self.flush_lines();
        if let Err(error) = self.out.flush() {
            self.out_failed(&error);
        }
        match &self.out_state {
            OutState::Failed(cause) => Err(Error::failed("Could not write the answer to standard output.")
                .because(anyhow::Error::msg(cause.clone()))),
            OutState::Open | OutState::Closed => Ok(()),
        }
    }

    fn json_text(&self, value: &Value) -> String {
        if self.terminal.stdout {
            format!("{value:#}\n")
        } else {
            format!("{value}\n")
        }
    }

    fn select(&self, value: Value) -> Result<Value> {
        let Some(expression) = &self.manner.jmespath else {
            return Ok(value);
        };
        let failed = |cause: String| {
            Error::usage("The JMESPath expression could not be applied.").because(anyhow::Error::msg(cause))
        };
        let variable = jmespath::Variable::try_from(value).map_err(|error| failed(error.to_string()))?;
        let found = expression.search(variable).map_err(|error| failed(error.to_string()))?;
        serde_json::to_value(&*found).map_err(|error| failed(error.to_string()))
    }

    fn line(&mut self, role: Role, message: &str) {
        let heading = role.heading();
        let message = self.pasteable(&text::clean(message));
        let plain = format!("{heading}: {message}");
        let mut text = match self.terminal.width.filter(|_| self.terminal.stderr) {
            Some(width) => text::wrap(&plain, usize::from(width)),
            None => format!("{plain}\n"),
        };
        if self.colors_err() {
            let style = role.style();
            text = text.replacen(&format!("{heading}:"), &format!("{style}{heading}:{style:#}"), 1);
        }
        self.write_err(&text);
    }

    /// Text whose commands can be pasted: what is found in a sandbox is mended in the sandbox.
    fn pasteable(&self, text: &str) -> String {
        self.manner.sandboxed.iter().fold(text.to_owned(), |text, verb| {
            text.replace(&format!("ctl {verb} "), &format!("ctl --sandbox {verb} "))
        })
    }

    /// The same before it is wrapped: a command that is longer then needs its room.
    fn pasteable_blocks(&self, blocks: Vec<Block>) -> Vec<Block> {
        let one = |block| match block {
            Block::Text(text) => Block::Text(self.pasteable(&text)),
            other => other,
        };
        blocks.into_iter().map(one).collect()
    }

    /// The same in the members of a document that hold commands.
    fn pasteable_json(&self, document: Value) -> Value {
        match document {
            document if self.manner.sandboxed.is_empty() => document,
            Value::Object(members) => {
                let member = |(name, value): (String, Value)| {
                    let value = match (name.as_str(), value) {
                        ("hint" | "hints" | "next", value) => self.pasteable_texts(value),
                        // What a store answered stays as it is.
                        ("rows" | "events", value) => value,
                        (_, value) => self.pasteable_json(value),
                    };
                    (name, value)
                };
                Value::Object(members.into_iter().map(member).collect())
            }
            Value::Array(items) => Value::Array(items.into_iter().map(|item| self.pasteable_json(item)).collect()),
            other => other,
        }
    }

    fn pasteable_texts(&self, value: Value) -> Value {
        match value {
            Value::String(text) => Value::String(self.pasteable(&text)),
            Value::Array(items) => Value::Array(items.into_iter().map(|item| self.pasteable_texts(item)).collect()),
            other => other,
        }
    }

    fn colors_err(&self) -> bool {
        match self.manner.color {
            ColorChoice::Always => true,
            ColorChoice::Never => false,
            ColorChoice::Auto => self.terminal.stderr,
        }
    }

    fn write_out(&mut self, text: &str) {
        if !matches!(self.out_state, OutState::Open) {
            return;
        }
        if let Err(error) = self.out.write_all(text.as_bytes()).and_then(|()| self.out.flush()) {
            self.out_failed(&error);
        }
    }

    fn out_failed(&mut self, error: &std::io::Error) {
        self.out_state = if error.kind() == std::io::ErrorKind::BrokenPipe {
            OutState::Closed
        } else {
            OutState::Failed(error.to_string())
        };
    }

    fn write_err(&mut self, text: &str) {
        // Nobody is left to be told when stderr itself is gone.
        drop(self.err.write_all(text.as_bytes()).and_then(|()| self.err.flush()));
    }
}

/// Compiles a JMESPath expression; a wrong one is found before anything is done.
pub fn compile(expression: &str) -> Result<jmespath::Expression<'static>> {
    jmespath::compile(expression).map_err(|error| {
        Error::new(Kind::Usage, format!("\"{expression}\" is no JMESPath expression."))
            .because(anyhow::Error::msg(error.to_string()))
    })
}
