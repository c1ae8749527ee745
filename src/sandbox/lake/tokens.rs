//! The text before the parser sees it: store IDs become quoted identifiers, comments go.

use super::Invalid;
use super::types::refuse;

/// Operators a statement may have; each may be one more level of the tree that the parser makes.
const MOST_OPERATORS: usize = 1000;

/// Characters of a statement (API_StartQuery, `QueryStatement`).
const MOST_CHARACTERS: usize = 10_000;

/// The statement with every bare store ID quoted and every comment replaced by a blank.
pub(super) fn quote_ids(statement: &str) -> Result<String, Invalid> {
    if statement.chars().count() > MOST_CHARACTERS {
        return refuse(format!("A statement has {MOST_CHARACTERS} characters at most."));
    }
    if statement.contains('\0') {
        return refuse("A statement has no NUL characters.");
    }
    let mut out = String::with_capacity(statement.len() + 16);
    let mut rest = statement;
    let mut operators = 0_usize;
    let mut in_word = false;
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
            out.push('"');
            out.push_str(&token.to_ascii_lowercase());
            out.push('"');
        } else {
            out.push_str(token);
        }
        let starts_word = !in_word;
        in_word = length == first.len_utf8() && is_word(first);
        let operator = "+-*/%|<>=!".contains(first) || (in_word && starts_word && is_connective(rest));
        operators = operators.saturating_add(usize::from(operator));
        rest = after;
    }
    if operators > MOST_OPERATORS {
        return refuse(format!("A statement has {MOST_OPERATORS} operators at most."));
    }
    Ok(out)
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
            assert_eq!(quote_ids(&text).unwrap(), wanted, "{text}");
        }
    }

    #[test]
    fn what_does_not_end_is_told() {
        for text in ["SELECT 'a", "SELECT \"a", "SELECT /* a", "SELECT '\0'"] {
            assert!(quote_ids(text).is_err(), "{text}");
        }
        assert!(quote_ids(&"1+".repeat(1001)).is_err());
        assert!(quote_ids(&" ".repeat(10_001)).is_err());
    }
}
