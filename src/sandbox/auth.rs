//! The `Authorization` header: it must look like Signature Version 4, and its credential scope says who calls and
//! which Region is meant. The signature itself is not checked: the sandbox knows no secrets.
//!
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-authentication-methods.html>

use super::arn;
use super::guesses;
use super::rules::Caller;
use super::wire::Fault;

/// Reads the caller; `account` is that of keys that are not themselves account numbers.
pub(crate) fn caller(authorization: Option<&str>, account: &str) -> Result<Caller, Fault> {
    let Some(header) = authorization.map(str::trim).filter(|header| !header.is_empty()) else {
        return Err(Fault::new(guesses::NO_AUTHORIZATION, "Missing Authentication Token").with_status(403));
    };
    read(header, account).map_err(|what| {
        let message = format!("The Authorization header is not of Signature Version 4: {what}.");
        Fault::new("IncompleteSignature", message).with_status(403)
    })
}

fn read(header: &str, account: &str) -> Result<Caller, &'static str> {
    let parameters = header
        .strip_prefix("AWS4-HMAC-SHA256 ")
        .ok_or("it does not begin with AWS4-HMAC-SHA256")?;
    let parameter = |name: &str| {
        parameters
            .split(',')
            .filter_map(|part| part.trim().split_once('='))
            .find(|(found, _)| *found == name)
            .map(|(_, value)| value)
    };
    let signature = parameter("Signature").ok_or("it has no Signature")?;
    if signature.len() != 64 || !signature.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return Err("its Signature is not 64 hexadecimal digits");
    }
    if parameter("SignedHeaders").is_none_or(str::is_empty) {
        return Err("it has no SignedHeaders");
    }
    let credential = parameter("Credential").ok_or("it has no Credential")?;
    let scope: Vec<&str> = credential.split('/').collect();
    let [key, date, region, _service, "aws4_request"] = scope.as_slice() else {
        return Err("its Credential is not KEY/DATE/REGION/SERVICE/aws4_request");
    };
    if key.is_empty() || region.is_empty() || date.len() != 8 || !date.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err("its Credential is not KEY/DATE/REGION/SERVICE/aws4_request");
    }
    let account = if arn::is_account(key) { *key } else { account };
    Ok(Caller {
        account: account.to_owned(),
        region: (*region).to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn header(key: &str) -> String {
        format!(
            "AWS4-HMAC-SHA256 Credential={key}/20261120/eu-west-1/cloudtrail/aws4_request, \
             SignedHeaders=host;x-amz-date, Signature={}",
            "a".repeat(64)
        )
    }

    #[test]
    fn a_key_of_twelve_digits_is_an_account() {
        let read = |key: &str| caller(Some(&header(key)), "111122223333").unwrap();
        assert_eq!(
            read("855341727128"),
            Caller {
                account: "855341727128".to_owned(),
                region: "eu-west-1".to_owned()
            }
        );
        assert_eq!(read("AKIAEXAMPLE").account, "111122223333");
        assert_eq!(read("8553417271280").account, "111122223333");
    }

    #[test]
    fn what_is_no_signature_is_refused() {
        assert_eq!(caller(None, "1").unwrap_err().status, 403);
        assert_eq!(caller(Some(" "), "1").unwrap_err().code, guesses::NO_AUTHORIZATION);
        for bad in [
            "Bearer x".to_owned(),
            header("").replace("aws4_request", "aws4"),
            header("k").replace("Signature=a", "Signature=z"),
            header("k").replace("SignedHeaders", "Headers"),
            header("k").replace("20261120", "2026"),
            header(""),
        ] {
            assert_eq!(
                caller(Some(&bad), "1").unwrap_err().code,
                "IncompleteSignature",
                "{bad}"
            );
        }
    }
}
