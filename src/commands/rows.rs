//! Runs a query and tells its rows as they come.

use std::time::Duration;

use serde_json::Value;

use crate::apply::query::{self, Answer, Job};
use crate::aws::Session;
use crate::context::Context;
use crate::error::{Exit, Result};
use crate::model::query::Columns;
use crate::plan::query::select::{ResultColumn, kind_of_column};
use crate::plan::query::{Headway, Patience, Statement, Watcher};
use crate::report::query::{Asked, Told, Whole, headway, summary};
use crate::report::rows::{Layout, Row, Sheet, Widths};
use crate::ui::Ui;
use crate::ui::progress::Progress;

/// A query whose rows are to be told.
pub(super) struct Telling<'a> {
    /// What is asked.
    pub(super) asked: &'a Asked,
    /// The statement.
    pub(super) statement: &'a Statement,
    /// The columns, as far as the select list tells them.
    pub(super) columns: Option<&'a [ResultColumn]>,
    /// What rows are told as, where that is not as they come.
    pub(super) told_as: Option<ToldAs<'a>>,
    /// How many rows to ask for at a time.
    pub(super) page_size: u32,
    /// How many rows to tell at most.
    pub(super) max_rows: Option<u64>,
    /// How long it may take.
    pub(super) timeout: Option<Duration>,
    /// A row as JSON.
    pub(super) object: fn(&Sheet, &Row) -> Value,
}

/// Columns that are told, and how they are read from a row of the result.
#[derive(Clone, Copy)]
pub(super) struct ToldAs<'a> {
    /// The columns.
    pub(super) columns: &'a [ResultColumn],
    /// Reads them.
    pub(super) read: &'a (dyn Fn(Row) -> Result<Row> + Sync),
}

impl Telling<'_> {
    /// Runs the query and tells its rows.
    pub(super) async fn run(&self, aws: &Session, cx: &Context, ui: &mut Ui) -> Result<Exit> {
        let columns = self
            .columns
            .map(|columns| columns.iter().map(|column| column.name.clone()));
        let job = Job {
            statement: self.statement,
            columns: columns.map(Columns::selected).unwrap_or_default(),
            page_size: Some(self.page_size.min(self.max_rows.map_or(u32::MAX, at_most))),
            patience: Patience {
                whole: self.timeout,
                ..Patience::default()
            },
            interrupt: &cx.interrupt,
            clock: cx.now,
            random: cx.random,
        };
        let mut ear = Ear {
            progress: ui.progress(),
            ui,
        };
        let answer = query::run(aws, job, &mut ear).await;
        ear.progress.clear();
        let mut answer = answer?;
        let mut teller = Teller::new(self, ui);
        let read = teller.read(&mut answer).await;
        let told = teller.told(&answer, matches!(read, Ok(true)));
        let said = teller.finish(&told);
        match read {
            Err(error) => ui.told(said, Some(error))?,
            Ok(complete) => {
                said?;
                ui.status(&told.line());
                if !complete && told.rows == self.max_rows.unwrap_or(u64::MAX) {
                    ui.status("There are more; --max-rows ended it.");
                }
            }
        }
        Ok(Exit::Done)
    }

    fn sheet(&self, names: &[String]) -> Sheet {
        if let Some(ToldAs { columns, .. }) = self.told_as {
            return Sheet::of(columns);
        }
        let kinds = match self.columns {
            Some(columns) => columns.iter().map(|column| column.kind).collect(),
            None => names.iter().map(|name| kind_of_column(name)).collect(),
        };
        Sheet::new(names, kinds)
    }
}

fn at_most(rows: u64) -> u32 {
    u32::try_from(rows).unwrap_or(u32::MAX).max(1)
}

/// Draws how the query is going, and says what has to be known.
struct Ear<'a> {
    progress: Progress,
    ui: &'a mut Ui,
}

impl Watcher for Ear<'_> {
    fn headway(&mut self, now: Headway<'_>) {
        self.progress.draw(headway(now.state));
    }

    fn notice(&mut self, sentence: &str) {
        self.progress.aside(|| self.ui.status(sentence));
    }
}

/// Tells rows in the layout of the run.
struct Teller<'a> {
    telling: &'a Telling<'a>,
    ui: &'a mut Ui,
    layout: Layout,
    sheet: Sheet,
    widths: Option<Widths>,
    begun: bool,
    rows: u64,
    /// The rows of an answer that has to be whole.
    collected: Vec<Value>,
}

impl<'a> Teller<'a> {
    fn new(telling: &'a Telling<'a>, ui: &'a mut Ui) -> Self {
        Self {
            telling,
            layout: ui.layout(),
            ui,
            sheet: Sheet::default(),
            widths: None,
            begun: false,
            rows: 0,
            collected: Vec::new(),
        }
    }

    /// Reads and tells all pages; answers whether that is all there is.
    async fn read(&mut self, answer: &mut Answer) -> Result<bool> {
        while let Some(mut page) = answer.next().await? {
            let left = self.telling.max_rows.map(|most| most.saturating_sub(self.rows));
            let room = left.and_then(|left| usize::try_from(left).ok()).unwrap_or(usize::MAX);
            let more = page.rows.len() > room || answer.has_more();
            page.rows.truncate(room);
            self.sheet = self.telling.sheet(&answer.columns().names());
            if let Some(ToldAs { read, .. }) = self.telling.told_as {
                page.rows = page.rows.into_iter().map(read).collect::<Result<_>>()?;
            }
            self.tell(&page.rows)?;
            let full = self.telling.max_rows.is_some_and(|most| self.rows >= most);
            if more && (full || self.ui.is_closed()) {
                return Ok(false);
            }
        }
        Ok(true)
    }

    fn tell(&mut self, rows: &[Row]) -> Result<()> {
        self.begin(rows);
        let mut text = String::new();
        for row in rows {
            match &self.layout {
                Layout::Fitted(_) => {
                    let fitted = self.widths.as_ref().map(|widths| self.sheet.fitted(row, widths));
                    text.push_str(&fitted.unwrap_or_default());
                }
                Layout::Tabs => text.push_str(&self.sheet.tabs(row)),
                Layout::Csv => text.push_str(&self.sheet.csv(row)),
                Layout::Json => {
                    text.push_str(if self.rows == 0 { "\n" } else { ",\n" });
                    text.push_str(&(self.telling.object)(&self.sheet, row).to_string());
                }
                Layout::Whole => self.collected.push((self.telling.object)(&self.sheet, row)),
                Layout::Ndjson => self.ui.say_line((self.telling.object)(&self.sheet, row))?,
            }
            self.rows = self.rows.saturating_add(1);
        }
        self.ui.flush_lines();
        self.ui.say_raw(&text);
        Ok(())
    }

    fn begin(&mut self, rows: &[Row]) {
        // Columns are as wide as rows make them, and a page may have none.
        let waits = rows.is_empty() && matches!(self.layout, Layout::Fitted(_));
        if self.begun || waits {
            return;
        }
        self.begun = true;
        let text = match &self.layout {
            Layout::Fitted(room) => {
                let widths = self.sheet.widths(rows, *room);
                let headings = self.sheet.headings(&widths);
                self.widths = Some(widths);
                headings
            }
            Layout::Csv => self.sheet.csv_header(),
            Layout::Json => {
                let mut head = self.telling.asked.head(false);
                head.insert("columns".to_owned(), self.sheet.columns());
                let head = Value::Object(head).to_string();
                format!("{},\"rows\":[", head.strip_suffix('}').unwrap_or_default())
            }
            Layout::Tabs | Layout::Whole | Layout::Ndjson => String::new(),
        };
        self.ui.say_raw(&text);
    }

    fn told(&self, answer: &Answer, complete: bool) -> Told {
        Told {
            id: answer.id().clone(),
            rows: self.rows,
            complete,
            statistics: answer.statistics(),
            took: answer.elapsed(),
        }
    }

    /// Ends the answer, so that what was told is a document even when reading failed.
    fn finish(&mut self, told: &Told) -> Result<()> {
        self.begin(&[]);
        let asked = self.telling.asked;
        match self.layout {
            Layout::Json => {
                let tail = Value::Object(told.tail()).to_string();
                self.ui
                    .say_raw(&format!("],{}\n", tail.strip_prefix('{').unwrap_or_default()));
                Ok(())
            }
            Layout::Whole => self.ui.say(&Whole {
                asked,
                sheet: &self.sheet,
                rows: std::mem::take(&mut self.collected),
                told,
            }),
            Layout::Ndjson => {
                self.ui.say_line(summary(asked, &self.sheet, told))?;
                self.ui.flush_lines();
                Ok(())
            }
            Layout::Fitted(_) | Layout::Tabs | Layout::Csv => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;
    use std::sync::{Arc, Mutex};

    use super::*;
    use crate::plan::query::select::ValueKind;
    use crate::process::Terminal;
    use crate::report::query::QUERY;
    use crate::settings::Format;
    use crate::ui::Manner;

    /// Remembers what was written.
    #[derive(Clone, Default)]
    struct Paper(Arc<Mutex<Vec<u8>>>);

    impl Write for Paper {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            self.0.lock().unwrap().write(bytes)
        }

        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn a_table_whose_first_page_is_empty_shows_the_rows_of_the_next() {
        let paper = Paper::default();
        let terminal = Terminal {
            stdin: true,
            stdout: true,
            stderr: true,
            width: Some(80),
        };
        let now = || jiff::Timestamp::UNIX_EPOCH;
        let manner = Manner::plain(Format::Table);
        let mut ui = Ui::new(
            Box::new(paper.clone()),
            Box::new(std::io::sink()),
            terminal,
            now,
            manner,
        );
        let asked = Asked {
            schema: QUERY,
            sandbox: true,
            sql: "SELECT 1".to_owned(),
            stores: Vec::new(),
            window: None,
        };
        let telling = Telling {
            asked: &asked,
            statement: &Statement::new("SELECT 1").unwrap(),
            columns: None,
            told_as: None,
            page_size: 1000,
            max_rows: None,
            timeout: None,
            object: |sheet, row| sheet.object(row),
        };
        let mut teller = Teller::new(&telling, &mut ui);
        teller.sheet = Sheet::new(&["name".to_owned()], vec![ValueKind::Text]);
        teller.tell(&[]).unwrap();
        teller.tell(&[vec![Some("image.created".to_owned())]]).unwrap();
        let said = String::from_utf8(paper.0.lock().unwrap().clone()).unwrap();
        assert_eq!(said, "NAME\nimage.created\n");
    }
}
