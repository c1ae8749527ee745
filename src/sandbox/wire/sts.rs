//! The one call of STS that a `CloudTrail` client needs: `GetCallerIdentity`, query protocol, XML reply.
//!
//! <https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html>

use percent_encoding::percent_decode_str;

use super::Fault;
use crate::sandbox::arn;
use crate::sandbox::rules::Caller;

/// Of replies.
pub(crate) const CONTENT_TYPE: &str = "text/xml";

const NAMESPACE: &str = "https://sts.amazonaws.com/doc/2011-06-15/";

/// The `Action` of a form.
pub(crate) fn action(body: &[u8]) -> Option<String> {
    let text = std::str::from_utf8(body).ok()?;
    text.split('&')
        .filter_map(|pair| pair.split_once('='))
        .find(|(name, _)| *name == "Action")
        .map(|(_, value)| percent_decode_str(value).decode_utf8_lossy().into_owned())
}

/// The caller as STS sees it: a user called `sandbox`.
pub(crate) fn caller_identity(caller: &Caller, request_id: &str) -> Vec<u8> {
    let account = &caller.account;
    let partition = arn::partition(&caller.region);
    format!(
        "<GetCallerIdentityResponse xmlns=\"{NAMESPACE}\"><GetCallerIdentityResult>\
         <Arn>arn:{partition}:iam::{account}:user/sandbox</Arn><UserId>AIDASANDBOX{account}</UserId>\
         <Account>{account}</Account></GetCallerIdentityResult><ResponseMetadata><RequestId>{request_id}</RequestId>\
         </ResponseMetadata></GetCallerIdentityResponse>"
    )
    .into_bytes()
}

/// `<ErrorResponse>…`
pub(crate) fn error_body(fault: &Fault, request_id: &str) -> Vec<u8> {
    let kind = if fault.status < 500 { "Sender" } else { "Receiver" };
    format!(
        "<ErrorResponse xmlns=\"{NAMESPACE}\"><Error><Type>{kind}</Type><Code>{}</Code><Message>{}</Message></Error>\
         <RequestId>{request_id}</RequestId></ErrorResponse>",
        escape(&fault.code),
        escape(&fault.message)
    )
    .into_bytes()
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_action_is_found_anywhere_in_the_form() {
        assert_eq!(
            action(b"Version=2011-06-15&Action=GetCallerIdentity").as_deref(),
            Some("GetCallerIdentity")
        );
        assert_eq!(action(b"Version=2011-06-15"), None);
        assert_eq!(action(&[0xff]), None);
    }

    #[test]
    fn errors_are_escaped() {
        let body = error_body(&Fault::new("InvalidAction", "<&>"), "id");
        assert!(
            String::from_utf8(body)
                .unwrap()
                .contains("<Message>&lt;&amp;&gt;</Message>")
        );
    }
}
