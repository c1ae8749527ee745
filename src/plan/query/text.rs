//! A statement as text: what of it is code, and the places in it that stand for a store.
//!
//! `{name}` is a store or an integration, `$EDS_ID` the store that was chosen beside the statement, as in the
//! samples of AWS's console (reference §5.1). In strings, quoted identifiers and comments they mean nothing.

use std::ops::Range;

use crate::model::arn::is_uuid;
use crate::plan::Refusal;

/// The variable of AWS's samples.
pub const EDS_ID: &str = "$EDS_ID";

/// What stands for a store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Hole {
    /// `{name}`.
    Named(String),
    /// `$EDS_ID`.
    Chosen,
}

/// A statement with holes for stores.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Template {
    sql: String,
    holes: Vec<(Range<usize>, Hole)>,
}

impl Template {
    /// Finds the holes of a statement.
    pub fn read(sql: &str) -> Result<Self, Refusal> {
        let mut holes = Vec::new();
        for code in code(sql) {
            let text = sql.get(code.clone()).unwrap_or_default();
            for (at, _) in text.match_indices(EDS_ID) {
                let at = code.start + at;
                holes.push((at..at + EDS_ID.len(), Hole::Chosen));
            }
            for (at, _) in text.match_indices('{') {
                let inside = text.get(at + 1..).unwrap_or_default();
                let name = inside.split_once('}').map(|(name, _)| name);
                let name = name.ok_or_else(|| Refusal::usage("A { in the statement is not closed."))?;
                let at = code.start + at;
                holes.push((at..at + name.len() + 2, Hole::Named(name.trim().to_owned())));
            }
        }
        holes.sort_by_key(|(range, _)| range.start);
        Ok(Self {
            sql: sql.to_owned(),
            holes,
        })
    }

    /// What is to be filled, in its order.
    pub fn holes(&self) -> impl Iterator<Item = &Hole> {
        self.holes.iter().map(|(_, hole)| hole)
    }

    /// The statement with these tables in its holes, one for each.
    pub fn fill(&self, tables: &[String]) -> String {
        let mut filled = String::with_capacity(self.sql.len());
        let mut at = 0;
        for ((range, _), table) in self.holes.iter().zip(tables) {
            filled.push_str(self.sql.get(at..range.start).unwrap_or_default());
            filled.push_str(table);
            at = range.end;
        }
        filled.push_str(self.sql.get(at..).unwrap_or_default());
        filled
    }
}

/// The parts of a statement that are code: no strings, quoted identifiers or comments.
pub(super) fn code(sql: &str) -> Vec<Range<usize>> {
    let mut parts = Vec::new();
    let mut begin = 0;
    let mut at = 0;
    while let Some(rest) = sql.get(at..).filter(|rest| !rest.is_empty()) {
        match foreign(rest) {
            Some(length) => {
                parts.push(begin..at);
                at += length;
                begin = at;
            }
            None => at += rest.chars().next().map_or(1, char::len_utf8),
        }
    }
    parts.push(begin..sql.len());
    parts.retain(|part| !part.is_empty());
    parts
}

/// How long the string, quoted identifier or comment is that begins here. One that does not end goes to the end.
fn foreign(rest: &str) -> Option<usize> {
    let until = |end: &str, from: usize| {
        let inside = rest.get(from..).unwrap_or_default();
        inside.find(end).map_or(rest.len(), |at| from + at + end.len())
    };
    if rest.starts_with("--") {
        Some(until("\n", 2))
    } else if rest.starts_with("/*") {
        Some(until("*/", 2))
    } else if rest.starts_with('\'') {
        Some(until("'", 1))
    } else if rest.starts_with('"') {
        Some(until("\"", 1))
    } else {
        None
    }
}

/// Where bare UUIDs stand: the tables, which no parser of SQL takes as they are.
pub(super) fn uuids(sql: &str) -> Vec<Range<usize>> {
    const LENGTH: usize = 36;
    let is_word = |letter: char| letter.is_alphanumeric() || matches!(letter, '_' | '-');
    let mut found = Vec::new();
    for part in code(sql) {
        let mut at = part.start;
        while at < part.end {
            let candidate = sql.get(at..at + LENGTH).filter(|text| is_uuid(text));
            let before = sql.get(..at).and_then(|before| before.chars().next_back());
            let after = sql.get(at + LENGTH..).and_then(|after| after.chars().next());
            if candidate.is_some() && !before.is_some_and(is_word) && !after.is_some_and(is_word) {
                found.push(at..at + LENGTH);
                at += LENGTH;
            } else {
                at += 1;
            }
        }
    }
    found
}

/// The tables that a statement names by their UUIDs, each once, in their order.
pub fn tables(sql: &str) -> Vec<String> {
    let mut tables: Vec<String> = Vec::new();
    for range in uuids(sql) {
        let table = sql.get(range).unwrap_or_default().to_ascii_lowercase();
        if !tables.contains(&table) {
            tables.push(table);
        }
    }
    tables
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "6f0c2a1e-1111-4222-8333-444455556666";

    #[test]
    fn holes_are_found_in_code_and_nowhere_else() {
        let sql = "SELECT '{a}', \"{b}\" /* {c} */ FROM {my store} -- {d} $EDS_ID\n JOIN $EDS_ID ON 'it''s {e}' = x";
        let template = Template::read(sql).unwrap();
        let holes: Vec<_> = template.holes().cloned().collect();
        assert_eq!(holes, [Hole::Named("my store".to_owned()), Hole::Chosen]);
        assert_eq!(
            template.fill(&["T1".to_owned(), "T2".to_owned()]),
            "SELECT '{a}', \"{b}\" /* {c} */ FROM T1 -- {d} $EDS_ID\n JOIN T2 ON 'it''s {e}' = x"
        );
        assert!(Template::read("SELECT 1 FROM {x").is_err());
        let plain = Template::read("SELECT 'ü' FROM x").unwrap();
        assert_eq!(plain.fill(&[]), "SELECT 'ü' FROM x");
    }

    #[test]
    fn tables_are_bare_uuids() {
        let other = "7f0c2a1e-1111-4222-8333-444455556666";
        let sql = format!("SELECT '{other}' FROM {ID} a, {ID} -- {other}\n, x{other}, {other}-1, \"{other}\"");
        assert_eq!(tables(&sql), [ID]);
        assert_eq!(tables("SELECT 'é' FROM é"), Vec::<String>::new());
    }
}
