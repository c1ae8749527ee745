//! How principals and statements are named in sentences.

use crate::model::{Principal, Statement};

/// `account 855341727128`, or the principal as it stands.
pub(super) fn who(principal: &Principal) -> String {
    match principal {
        Principal::Account(account) => format!("account {account}"),
        Principal::Anyone => "everybody".to_owned(),
        other => other.to_string(),
    }
}

/// Several principals in one phrase.
pub(super) fn all<'a>(principals: impl IntoIterator<Item = &'a Principal>) -> String {
    list(principals.into_iter().map(who).collect())
}

/// Several statements in one phrase.
pub(super) fn titles<'a>(statements: impl IntoIterator<Item = (usize, &'a Statement)>) -> String {
    list(
        statements
            .into_iter()
            .map(|(at, statement)| statement.title(at))
            .collect(),
    )
}

/// `a`, `a and b`, `a, b and c`.
pub(super) fn list(mut items: Vec<String>) -> String {
    let last = items.pop();
    match (last, items.as_slice()) {
        (None, _) => "nobody".to_owned(),
        (Some(only), []) => only,
        (Some(last), before) => format!("{} and {last}", before.join(", ")),
    }
}

/// A sentence begins with a capital.
pub(in crate::plan) fn sentence(text: &str) -> String {
    let mut rest = text.chars();
    match rest.next() {
        Some(first) => first.to_uppercase().chain(rest).collect(),
        None => String::new(),
    }
}
