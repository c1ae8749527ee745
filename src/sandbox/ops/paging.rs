//! Pages and their tokens. A token belongs to its operation, account, Region and parameters, the page size among them.

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::sandbox::guesses;
use crate::sandbox::limits;
use crate::sandbox::store::Tx;
use crate::sandbox::wire::Fault;

/// The input of the lists of channels and of stores.
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

/// What a token belongs to.
#[derive(Clone, Debug)]
pub(crate) struct Scope {
    operation: &'static str,
    text: String,
}

impl Scope {
    /// That of an operation of the caller's, with the parameters that have to stay the same from page to page.
    pub(crate) fn new(tx: &Tx<'_>, operation: &'static str, parameters: &str) -> Self {
        Self {
            operation,
            text: format!("{operation}/{}/{}/{parameters}", tx.caller.account, tx.caller.region),
        }
    }

    /// Where the page of a token begins.
    pub(crate) fn read(&self, token: &str) -> Result<i64, Fault> {
        limits::TOKEN
            .contains(&token.len())
            .then(|| BASE64_URL_SAFE_NO_PAD.decode(token).ok())
            .flatten()
            .and_then(|bytes| serde_json::from_slice::<Token>(&bytes).ok())
            .filter(|token| token.seal == self.seal(token.after))
            .map(|token| token.after)
            .ok_or_else(|| {
                Fault::new(
                    "InvalidNextTokenException",
                    format!(
                        "NextToken is not one that {} gave out for these parameters.",
                        self.operation
                    ),
                )
            })
    }

    /// The token of the page that begins after `after`.
    pub(crate) fn write(&self, after: i64) -> Result<String, Fault> {
        let token = Token {
            after,
            seal: self.seal(after),
        };
        Ok(BASE64_URL_SAFE_NO_PAD.encode(serde_json::to_vec(&token)?))
    }

    fn seal(&self, after: i64) -> String {
        BASE64_URL_SAFE_NO_PAD.encode(Sha256::digest(format!("{}/{after}", self.text)))
    }
}

/// The size of a page; `out_of_range` is the error of one that is not 1 to 1000.
pub(crate) fn size(member: &str, wanted: Option<i64>, out_of_range: &'static str) -> Result<i64, Fault> {
    let limit = wanted.unwrap_or(guesses::DEFAULT_PAGE);
    if !limits::PAGE.contains(&limit) {
        return Err(Fault::new(
            out_of_range,
            format!("{member} must be 1 to 1000, not {limit}."),
        ));
    }
    Ok(limit)
}

/// Cuts what was found, one more than the page's size, to that size; says whether there is more.
pub(crate) fn cut<T>(found: &mut Vec<T>, limit: i64) -> bool {
    let size = usize::try_from(limit).unwrap_or(usize::MAX);
    let more = found.len() > size;
    found.truncate(size);
    more
}

/// Reads one page of `rows`.
pub(crate) fn page(
    tx: &Tx<'_>,
    operation: &'static str,
    input: In,
    out_of_range: &'static str,
    rows: Rows,
) -> Result<Page, Fault> {
    let limit = size("MaxResults", input.max_results, out_of_range)?;
    let scope = Scope::new(tx, operation, &limit.to_string());
    let after = input.next_token.map_or(Ok(0), |token| scope.read(&token))?;
    let mut found = rows(tx, after, limit + 1)?;
    let more = cut(&mut found, limit);
    let last = found.last().map(|(seq, ..)| *seq).filter(|_| more);
    Ok(Page {
        items: found.into_iter().map(|(_, arn, name)| (arn, name)).collect(),
        next_token: last.map(|after| scope.write(after)).transpose()?,
    })
}
