//! The text before the parser sees it: store IDs become quoted identifiers, comments go.

use super::Invalid;
use super::types::refuse;
use crate::sandbox::limits;

/// Operators a statement may have; each may be one more level of the tree that the parser makes.
const MOST_OPERATORS: usize = 1000;

/// Characters of a statement.
const MOST_CHARACTERS: usize = *limits::QUERY_STATEMENT.end();

/// A statement that the parser takes.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Quoted {
    /// Every bare store ID is quoted, and every comment a blank.
    pub(super) text: String,
    /// The store IDs, quoted by whom ever, in lower case.
    pub(super) ids: Vec<String>,
}

/// Quotes store IDs.
pub(super) fn quote_ids(statement: &str) -> Result<Quoted, Invalid> {
    if statement.chars().count() > MOST_CHARACTERS {
        return refuse(format!("A statement has {MOST_CHARACTERS} characters at most."));
    }
    if statement.contains('\0') {
        return refuse("A statement has no NUL characters.");
    }
    let mut out = String::with_capacity(statement.len() + 16);
    let mut ids = Vec::new();
    let mut rest = statement;
    let mut operators = 0_usize;
    let mut in_word = false;
    let mut in_operator = false;
    while let Some(first) = rest.chars().next() {
        let length = match first {
            '\'' | '"' => quoted(rest, first)?,
            '-' if rest.starts_with("--") => rest.find('\n').unwrap_or(rest.len()),
            '/' if rest.starts_with("/*") => match rest.find("*/") {
                Some(end) => end + 2,
                None => return refuse("A comment does not end."),
            },
            _ if !in_word && is_id(rest) => ID,
            _ => first.len_utf8(),
        };
        let (token, after) = rest.split_at_checked(length).unwrap_or((rest, ""));
        if token.starts_with("--") || token.starts_with("/*") {
            out.push(' ');
        } else if length == ID && !in_word && is_id(rest) {
            let id = token.to_ascii_lowercase();
            out.extend(["\"", &id, "\""]);
            ids.push(id);
        } else {
            out.push_str(token);
            let inside = token.strip_prefix('"').and_then(|token| token.strip_suffix('"'));
            ids.extend(
                inside
                    .filter(|inside| inside.len() == ID && is_id(inside))
                    .map(str::to_lowercase),
            );
        }
        let starts_word = !in_word;
        in_word = length == first.len_utf8() && is_word(first);
        let sign = length == first.len_utf8() && "+-*/%|<>=!".contains(first);
        let operator = (sign && !in_operator) || (in_word && starts_word && is_connective(rest));
        operators = operators.saturating_add(usize::from(operator));
        in_operator = sign;
        rest = after;
    }
    if operators > MOST_OPERATORS {
        return refuse(format!("A statement has {MOST_OPERATORS} operators at most."));
    }
    Ok(Quoted { text: out, ids })
}

/// Bytes of a store ID.
const ID: usize = 36;

fn is_word(letter: char) -> bool {
    letter.is_alphanumeric() || letter == '_'
}

/// Whether the text begins with a store ID and nothing sticks to it.
fn is_id(text: &str) -> bool {
    let shaped = text.bytes().take(ID).enumerate().all(|(at, byte)| match at {
        8 | 13 | 18 | 23 => byte == b'-',
        _ => byte.is_ascii_hexdigit(),
    });
    shaped
        && text
            .split_at_checked(ID)
            .is_some_and(|(_, after)| !after.starts_with(|letter| is_word(letter) || letter == '-'))
}

fn is_connective(text: &str) -> bool {
    let word = text.split(|letter| !is_word(letter)).next().unwrap_or_default();
    ["and", "or", "not", "union", "except", "intersect", "join"]
        .iter()
        .any(|connective| word.eq_ignore_ascii_case(connective))
}

/// Bytes of the quoted text at the beginning; a doubled quote stands for itself.
fn quoted(text: &str, quote: char) -> Result<usize, Invalid> {
    let mut at = 1;
    while let Some(end) = text.get(at..).and_then(|rest| rest.find(quote)) {
        at += end + 1;
        if !text.get(at..).is_some_and(|rest| rest.starts_with(quote)) {
            return Ok(at);
        }
        at += 1;
    }
    refuse(format!("A {quote} is not closed."))
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "3f2a9c1e-0000-4000-8000-00000000000a";

    #[test]
    fn bare_ids_are_quoted_and_nothing_else() {
        for (text, wanted) in [
            (format!("FROM {ID}"), format!("FROM \"{ID}\"")),
            (format!("FROM {}", ID.to_uppercase()), format!("FROM \"{ID}\"")),
            (format!("FROM \"{ID}\" e"), format!("FROM \"{ID}\" e")),
            (format!("= '{ID}'"), format!("= '{ID}'")),
            (format!("= 'it''s {ID}'"), format!("= 'it''s {ID}'")),
            (format!("a -- {ID}\nb"), "a  \nb".to_owned()),
            (format!("a /* {ID} */ b"), "a   b".to_owned()),
            (format!("x{ID}"), format!("x{ID}")),
            (format!("{ID}0"), format!("{ID}0")),
            (format!("({ID}.eventID)"), format!("(\"{ID}\".eventID)")),
        ] {
            assert_eq!(quote_ids(&text).unwrap().text, wanted, "{text}");
        }
    }

    #[test]
    fn ids_are_told_whoever_quotes_them() {
        let quoted = quote_ids(&format!("FROM {ID}, \"{}\", '{ID}', \"x\"", ID.to_uppercase())).unwrap();
        assert_eq!(quoted.ids, [ID, ID]);
    }

    #[test]
    fn what_does_not_end_is_told() {
        for text in ["SELECT 'a", "SELECT \"a", "SELECT /* a", "SELECT '\0'"] {
            assert!(quote_ids(text).is_err(), "{text}");
        }
        assert!(quote_ids(&"1+".repeat(1001)).is_err());
        assert!(quote_ids(&"a||".repeat(1000)).is_ok());
        assert!(quote_ids(&" ".repeat(10_001)).is_err());
    }
}
