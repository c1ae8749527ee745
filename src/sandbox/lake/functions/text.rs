//! Text, counted in characters.

use rusqlite::types::Value;

use super::{Args, Functions, boolean, count, text};

pub(super) const FUNCTIONS: Functions = &[
    ("lower", |args| {
        Ok(text(each(args.text(0)?, |letter| one(letter.to_lowercase(), letter))))
    }),
    ("upper", |args| {
        Ok(text(each(args.text(0)?, |letter| one(letter.to_uppercase(), letter))))
    }),
    ("length", |args| Ok(count(args.text(0)?.chars().count()))),
    ("reverse", |args| {
        Ok(text(args.text(0)?.chars().rev().collect::<String>()))
    }),
    ("trim", |args| Ok(text(args.text(0)?.trim()))),
    ("ltrim", |args| Ok(text(args.text(0)?.trim_start()))),
    ("rtrim", |args| Ok(text(args.text(0)?.trim_end()))),
    ("replace", |args| {
        let with = if args.len() > 2 { args.text(2)? } else { "" };
        Ok(text(args.text(0)?.replace(args.text(1)?, with)))
    }),
    ("starts_with", |args| {
        Ok(boolean(args.text(0)?.starts_with(args.text(1)?)))
    }),
    ("strpos", |args| {
        let whole = args.text(0)?;
        let before = whole
            .split_once(args.text(1)?)
            .map(|(before, _)| before.chars().count() + 1);
        Ok(count(before.unwrap_or(0)))
    }),
    ("substr", substr),
    ("cut", |args| {
        let length = usize::try_from(args.int(1)?).unwrap_or(0);
        Ok(text(args.text(0)?.chars().take(length).collect::<String>()))
    }),
    ("split", |args| {
        let delimiter = must_not_be_empty(args.text(1)?)?;
        let parts: Vec<&str> = args.text(0)?.split(delimiter).collect();
        serde_json::to_string(&parts)
            .map(text)
            .map_err(|error| error.to_string())
    }),
    ("split_part", split_part),
    ("like", |args| {
        Ok(boolean(like(args.text(0)?, &pattern(args.text(1)?, None)?)))
    }),
    ("like_escape", |args| {
        let mut escape = args.text(2)?.chars();
        match (escape.next(), escape.next()) {
            (Some(escape), None) => Ok(boolean(like(args.text(0)?, &pattern(args.text(1)?, Some(escape))?))),
            _ => Err("Escape string must be a single character".to_owned()),
        }
    }),
    ("regexp_like", |args| {
        Ok(boolean(args.regex(1)?.is_match(args.text(0)?)))
    }),
    ("regexp_extract", regexp_extract),
    ("regexp_replace", regexp_replace),
];

fn each(whole: &str, change: fn(char) -> char) -> String {
    whole.chars().map(change).collect()
}

/// Trino changes the case of each character by itself, to one character.
fn one(mut changed: impl Iterator<Item = char>, letter: char) -> char {
    match (changed.next(), changed.next()) {
        (Some(only), None) => only,
        _ => letter,
    }
}

fn must_not_be_empty(delimiter: &str) -> Result<&str, String> {
    if delimiter.is_empty() {
        return Err("The delimiter may not be the empty string".to_owned());
    }
    Ok(delimiter)
}

/// From 1; a negative start counts from the end; 0, and what lies outside, gives nothing.
fn substr(args: &Args<'_, '_>) -> Result<Value, String> {
    let whole = args.text(0)?;
    let start = args.int(1)?;
    let length = if args.len() > 2 { args.int(2)? } else { i64::MAX };
    let all = i64::try_from(whole.chars().count()).unwrap_or(i64::MAX);
    let first = if start > 0 {
        start - 1
    } else {
        all.saturating_add(start)
    };
    if start == 0 || first < 0 || first >= all || length <= 0 {
        return Ok(text(""));
    }
    let first = usize::try_from(first).unwrap_or(usize::MAX);
    let length = usize::try_from(length).unwrap_or(usize::MAX);
    Ok(text(whole.chars().skip(first).take(length).collect::<String>()))
}

fn split_part(args: &Args<'_, '_>) -> Result<Value, String> {
    let delimiter = must_not_be_empty(args.text(1)?)?;
    let at = args.int(2)?;
    let Some(at) = at.checked_sub(1).and_then(|at| usize::try_from(at).ok()) else {
        return Err("Index must be greater than zero".to_owned());
    };
    let part = args.text(0)?.split(delimiter).nth(at);
    Ok(part.map_or(Value::Null, text))
}

/// A part of a `LIKE` pattern.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Part {
    Any,
    One,
    Exactly(char),
}

fn pattern(pattern: &str, escape: Option<char>) -> Result<Vec<Part>, String> {
    let mut parts = Vec::new();
    let mut letters = pattern.chars();
    while let Some(letter) = letters.next() {
        parts.push(if Some(letter) == escape {
            match letters.next() {
                Some(next) if next == '%' || next == '_' || Some(next) == escape => Part::Exactly(next),
                _ => {
                    return Err(
                        "Escape character must be followed by '%', '_' or the escape character itself".to_owned(),
                    );
                }
            }
        } else {
            match letter {
                '%' => Part::Any,
                '_' => Part::One,
                other => Part::Exactly(other),
            }
        });
    }
    Ok(parts)
}

/// Goes back to the last `%` only, so that no pattern takes longer than text times pattern.
fn like(whole: &str, pattern: &[Part]) -> bool {
    let mut rest = whole.chars();
    let mut parts = pattern;
    let mut back: Option<(std::str::Chars<'_>, &[Part])> = None;
    loop {
        let before = rest.clone();
        match (parts.split_first(), rest.next()) {
            (Some((Part::Any, after)), _) => {
                rest = before;
                parts = after;
                back = Some((rest.clone(), after));
            }
            (Some((Part::One, after)), Some(_)) => parts = after,
            (Some((Part::Exactly(wanted), after)), Some(letter)) if *wanted == letter => parts = after,
            (None, None) => return true,
            _ => match back.take() {
                Some((mut from, after)) => {
                    if from.next().is_none() {
                        return false;
                    }
                    rest = from.clone();
                    parts = after;
                    back = Some((from, after));
                }
                None => return false,
            },
        }
    }
}

fn regexp_extract(args: &Args<'_, '_>) -> Result<Value, String> {
    let regex = args.regex(1)?;
    let group = if args.len() > 2 { args.int(2)? } else { 0 };
    let known = regex.captures_len();
    let Some(group) = usize::try_from(group).ok().filter(|group| *group < known) else {
        return Err(format!(
            "Pattern has {} groups. Cannot access group {group}",
            known.saturating_sub(1)
        ));
    };
    let found = regex.captures(args.text(0)?).and_then(|found| found.get(group));
    Ok(found.map_or(Value::Null, |found| text(found.as_str())))
}

/// `$1` and `${name}` are groups, as in Java; `$10` is group 10 here and may be group 1 there, so it is refused.
fn regexp_replace(args: &Args<'_, '_>) -> Result<Value, String> {
    let with = if args.len() > 2 { args.text(2)? } else { "" };
    if with.contains(['$', '\\']) {
        return Err("regexp_replace with groups in the replacement is not known to the sandbox.".to_owned());
    }
    Ok(text(args.regex(1)?.replace_all(args.text(0)?, with).into_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn like_is_about_the_whole_text_and_minds_case() {
        for (whole, wanted, is) in [
            ("git.clone", "git.%", true),
            ("git.clone", "Git.%", false),
            ("git.clone", "%clone", true),
            ("git.clone", "git", false),
            ("git.clone", "g_t.%n_", true),
            ("aXbXc", "%X_", true),
            ("", "%", true),
            ("", "_", false),
            ("äö", "__", true),
            ("aaab", "%a%ab", true),
            ("aab", "%b%a", false),
        ] {
            assert_eq!(
                like(whole, &pattern(wanted, None).unwrap()),
                is,
                "{whole} LIKE {wanted}"
            );
        }
        let escaped = pattern("50!%!!", Some('!')).unwrap();
        assert!(like("50%!", &escaped) && !like("50x!", &escaped));
        assert!(pattern("a!b", Some('!')).is_err());
    }
}
