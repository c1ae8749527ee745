//! Nulls in the rows of a query's results, kept from the SDK.
//!
//! How the service writes a null there is not documented (reference §5.3). The model says that the maps of a row
//! hold texts only, so the SDK refuses a whole page in which one value is null. Here such a null becomes a text of
//! the same length that no event holds, before the SDK reads it, and becomes nothing again behind it.

use std::pin::Pin;
use std::task::{Context, Poll};

use aws_smithy_runtime_api::box_error::BoxError;
use aws_smithy_runtime_api::client::interceptors::Intercept;
use aws_smithy_runtime_api::client::interceptors::context::BeforeDeserializationInterceptorContextMut;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::body::SdkBody;
use aws_smithy_types::config_bag::ConfigBag;
use bytes::Bytes;
use http_body::{Body, Frame};

/// What stands for a null: two characters that are of no use in a text.
pub(super) const NULL: &str = "\u{7f}\u{7f}";

/// Replaces the nulls of a reply's rows.
#[derive(Debug)]
pub(super) struct KeepNulls;

impl Intercept for KeepNulls {
    fn name(&self) -> &'static str {
        "nulls in rows"
    }

    fn modify_before_deserialization(
        &self,
        context: &mut BeforeDeserializationInterceptorContextMut<'_>,
        _components: &RuntimeComponents,
        _config: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let body = context.response_mut().body_mut();
        let inner = std::mem::replace(body, SdkBody::taken());
        *body = SdkBody::from_body_1_x(Replaced {
            inner,
            scan: Scan::default(),
        });
        Ok(())
    }
}

/// A body whose nulls are replaced as it comes.
struct Replaced {
    inner: SdkBody,
    scan: Scan,
}

impl Body for Replaced {
    type Data = Bytes;
    type Error = aws_smithy_types::body::Error;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
        let frame = Pin::new(&mut self.inner).poll_frame(cx);
        frame.map(|frame| {
            let scan = &mut self.scan;
            frame.map(|frame| frame.map(|frame| frame.map_data(|data| scan.replace(&data))))
        })
    }
}

/// Where in the JSON of a reply the reading is: `{"QueryResultRows": [ [ {"column": null} ] ]}`.
#[derive(Debug, Default)]
struct Scan {
    brackets: Vec<u8>,
    in_string: bool,
    escaped: bool,
    /// How much of a null was read, and what it is replaced with.
    null: Option<(usize, &'static [u8; 4])>,
}

impl Scan {
    fn replace(&mut self, data: &[u8]) -> Bytes {
        data.iter().map(|byte| self.one(*byte)).collect()
    }

    fn one(&mut self, byte: u8) -> u8 {
        if self.in_string {
            (self.in_string, self.escaped) = match byte {
                _ if self.escaped => (true, false),
                b'\\' => (true, true),
                b'"' => (false, false),
                _ => (true, false),
            };
            return byte;
        }
        match byte {
            b'"' => self.in_string = true,
            b'{' | b'[' => self.brackets.push(byte),
            b'}' | b']' => {
                self.brackets.pop();
            }
            b'n' => self.null = self.replacement().map(|text| (0, text)),
            _ => {}
        }
        let Some((at, text)) = self.null else {
            return byte;
        };
        self.null = (at + 1 < text.len()).then_some((at + 1, text));
        text.get(at).copied().unwrap_or(byte)
    }

    /// What a null here is replaced with; as long as it is, so that the length of the body stays.
    fn replacement(&self) -> Option<&'static [u8; 4]> {
        match self.brackets.as_slice() {
            b"{[[{" => Some(b"\"\x7f\x7f\""),
            b"{[[" => Some(b"{}  "),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_nulls_in_rows_are_replaced_wherever_the_body_is_cut() {
        let body = br#"{"NextToken":null,"QueryStatistics":{"BytesScanned":null},"QueryResultRows":[[{"a":"null \" n"},{"b":null},null,{"n":"u"}],[]]}"#;
        let wanted = "{\"NextToken\":null,\"QueryStatistics\":{\"BytesScanned\":null},\"QueryResultRows\":[[{\"a\":\"null \\\" n\"},{\"b\":\"\x7f\x7f\"},{}  ,{\"n\":\"u\"}],[]]}";
        for size in [1, 3, body.len()] {
            let mut scan = Scan::default();
            let read: Vec<u8> = body.chunks(size).flat_map(|chunk| scan.replace(chunk)).collect();
            assert_eq!(String::from_utf8(read).unwrap(), wanted);
        }
    }
}
