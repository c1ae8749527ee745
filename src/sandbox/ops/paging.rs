//! Pages and their tokens. A token belongs to its operation, account, Region and page size.

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::sandbox::guesses;
use crate::sandbox::limits;
use crate::sandbox::store::Tx;
use crate::sandbox::wire::Fault;

/// The input of both lists.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct In {
    max_results: Option<i64>,
    next_token: Option<String>,
}

/// One page, and where the next begins.
#[derive(Debug)]
pub(crate) struct Page {
    /// ARN and name.
    pub(crate) items: Vec<(String, String)>,
    /// None on the last.
    pub(crate) next_token: Option<String>,
}

#[derive(Serialize, Deserialize)]
struct Token {
    after: i64,
    seal: String,
}

type Rows = fn(&Tx<'_>, i64, i64) -> Result<Vec<(i64, String, String)>, Fault>;

/// Reads one page of `rows`.
pub(crate) fn page(
    tx: &Tx<'_>,
    operation: &str,
    input: In,
    out_of_range: &'static str,
    rows: Rows,
) -> Result<Page, Fault> {
    let In {
        max_results,
        next_token,
    } = input;
    let limit = max_results.unwrap_or(guesses::DEFAULT_PAGE);
    if !limits::PAGE.contains(&limit) {
        return Err(Fault::new(
            out_of_range,
            format!("MaxResults must be 1 to 1000, not {limit}."),
        ));
    }
    let seal = |after: i64| {
        let text = format!("{operation}/{}/{}/{limit}/{after}", tx.caller.account, tx.caller.region);
        BASE64_URL_SAFE_NO_PAD.encode(Sha256::digest(text))
    };
    let after = match next_token {
        None => 0,
        Some(text) => read(&text)
            .filter(|token| token.seal == seal(token.after))
            .map(|token| token.after)
            .ok_or_else(|| {
                Fault::new(
                    "InvalidNextTokenException",
                    format!("NextToken is not one that {operation} gave out for these parameters."),
                )
            })?,
    };
    let mut found = rows(tx, after, limit + 1)?;
    let size = usize::try_from(limit).unwrap_or(usize::MAX);
    let more = found.len() > size;
    found.truncate(size);
    let last = found.last().map(|(seq, ..)| *seq).filter(|_| more);
    let next_token = last
        .map(|after| {
            write(&Token {
                after,
                seal: seal(after),
            })
        })
        .transpose()?;
    Ok(Page {
        items: found.into_iter().map(|(_, arn, name)| (arn, name)).collect(),
        next_token,
    })
}

fn write(token: &Token) -> Result<String, Fault> {
    Ok(BASE64_URL_SAFE_NO_PAD.encode(serde_json::to_vec(token)?))
}

fn read(text: &str) -> Option<Token> {
    serde_json::from_slice(&BASE64_URL_SAFE_NO_PAD.decode(text).ok()?).ok()
}
