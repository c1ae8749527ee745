//! A statement as a tree, with its tokens and where each stands in the text.

use sqlparser::ast::{Query, Statement as SqlStatement};
use sqlparser::dialect::GenericDialect;
use sqlparser::keywords::Keyword;
use sqlparser::parser::Parser;
use sqlparser::tokenizer::{Location, Token, Tokenizer};

use super::text::uuids;

/// What a masked table's name begins with; it is as long as a UUID, so that every place stays the same.
const MASK: &str = "ctl_store_";
/// The characters of a UUID.
const UUID_LENGTH: usize = 36;

/// A statement that was read.
pub(super) struct Parsed {
    /// The tree; bare UUIDs are masked.
    pub(super) query: Box<Query>,
    /// The tokens, space and comments left out.
    pub(super) tokens: Vec<Placed>,
}

/// A token and its place.
pub(super) struct Placed {
    pub(super) token: Token,
    pub(super) start: Location,
    /// Bytes from the beginning.
    pub(super) end: usize,
    /// How many parentheses are open around it; its own count as inside for neither.
    pub(super) depth: usize,
}

impl Placed {
    pub(super) fn is(&self, keywords: &[Keyword]) -> bool {
        matches!(&self.token, Token::Word(word) if word.quote_style.is_none() && keywords.contains(&word.keyword))
    }
}

/// Reads one query; the error is the parser's, without what stands for stores here.
pub(super) fn parse(sql: &str) -> Result<Parsed, String> {
    let masked = mask(sql);
    read(&masked).map_err(|error| told(&error, masked.contains('\n')))
}

/// The parser's error in the user's words. Columns are those of the filled statement, which nobody wrote; lines hold.
fn told(error: &str, lines: bool) -> String {
    let error = error.strip_prefix("sql parser error: ").unwrap_or(error);
    let (what, place) = error.rsplit_once(" at Line: ").unwrap_or((error, ""));
    let mut words = String::with_capacity(error.len());
    let mut rest = what;
    while let Some(at) = rest.find(MASK) {
        let (before, mask) = rest.split_at(at);
        words.push_str(before);
        words.push_str("a store");
        rest = mask.get(UUID_LENGTH..).unwrap_or_default();
    }
    words.push_str(rest);
    let line = place.split(',').next().unwrap_or_default();
    if lines && !line.is_empty() {
        words.push_str(" in line ");
        words.push_str(line);
    }
    words
}

fn read(masked: &str) -> Result<Parsed, String> {
    let dialect = GenericDialect {};
    let tokens = Tokenizer::new(&dialect, masked)
        .tokenize_with_location()
        .map_err(|error| error.to_string())?;
    let statements = Parser::new(&dialect)
        .with_tokens_with_locations(tokens.clone())
        .parse_statements()
        .map_err(|error| error.to_string())?;
    let mut statements = statements.into_iter();
    let query = match (statements.next(), statements.next()) {
        (Some(SqlStatement::Query(query)), None) => query,
        (Some(_), None) => return Err("only SELECT is possible".to_owned()),
        _ => return Err("one statement was expected".to_owned()),
    };
    let lines = Lines::of(masked);
    let mut depth: usize = 0;
    let mut placed = Vec::new();
    for token in tokens {
        if matches!(token.token, Token::Whitespace(_) | Token::EOF) {
            continue;
        }
        if token.token == Token::RParen {
            depth = depth.saturating_sub(1);
        }
        placed.push(Placed {
            start: token.span.start,
            end: lines.offset(token.span.end),
            depth,
            token: token.token.clone(),
        });
        if token.token == Token::LParen {
            depth += 1;
        }
    }
    Ok(Parsed { query, tokens: placed })
}

/// Whether the name is that of a masked table, or a UUID in quotes.
pub(super) fn is_store(name: &str) -> bool {
    name.starts_with(MASK) && name.len() == UUID_LENGTH || crate::model::arn::is_uuid(name)
}

fn mask(sql: &str) -> String {
    let mut masked = String::with_capacity(sql.len());
    let mut at = 0;
    for (number, range) in uuids(sql).into_iter().enumerate() {
        masked.push_str(sql.get(at..range.start).unwrap_or_default());
        let name = format!("{MASK}{number:_<26}");
        masked.push_str(&name);
        at = range.end;
    }
    masked.push_str(sql.get(at..).unwrap_or_default());
    masked
}

/// Where the lines of a text begin, to find a place that is told by line and column.
struct Lines<'a> {
    text: &'a str,
    begins: Vec<usize>,
}

impl<'a> Lines<'a> {
    fn of(text: &'a str) -> Self {
        let breaks = text.match_indices('\n').map(|(at, _)| at + 1);
        Self {
            text,
            begins: std::iter::once(0).chain(breaks).collect(),
        }
    }

    /// The byte of a place; both line and column count from 1.
    fn offset(&self, at: Location) -> usize {
        let number = |n: u64| usize::try_from(n).unwrap_or(usize::MAX).saturating_sub(1);
        let begin = self.begins.get(number(at.line)).copied().unwrap_or(self.text.len());
        let line = self.text.get(begin..).unwrap_or_default();
        let letter = line.char_indices().nth(number(at.column));
        begin + letter.map_or(line.len(), |(byte, _)| byte)
    }
}
