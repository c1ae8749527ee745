//! Queries: start, look, read, cancel, list.

use std::time::Duration;

use aws_sdk_cloudtrail::operation::get_query_results::GetQueryResultsOutput;
use aws_sdk_cloudtrail::types::QueryStatus as SdkStatus;
use aws_smithy_types::DateTime;
use jiff::Timestamp;

use super::error::{self, CallError};
use super::event_data_store::timestamp;
use super::nulls::{KeepNulls, NULL};
use super::retry;
use super::session::Session;
use crate::model::query::{Entry, ListedQuery, QueryId, QueryState, QueryStatistics, QueryStatus, RawPage, RawRow};

impl Session {
    /// Starts a query; never repeated unless the service refused, since a second one is scanned, and billed,
    /// a second time (reference §5.3).
    pub async fn start_query(&self, statement: &str) -> Result<QueryId, CallError> {
        const OPERATION: &str = "StartQuery";
        let call = self.cloudtrail().start_query().query_statement(statement);
        let call = call.customize().config_override(retry::once());
        let reply = self.quotas().call(OPERATION, Box::pin(call.send())).await?;
        id(reply.query_id()).ok_or_else(|| error::incomplete(OPERATION, "the query's ID"))
    }

    /// How a query stands.
    pub async fn query_state(&self, id: &QueryId) -> Result<QueryState, CallError> {
        let call = self.cloudtrail().describe_query().query_id(id.as_str());
        let reply = self.quotas().call("DescribeQuery", Box::pin(call.send())).await?;
        let statistics = reply.query_statistics().map(|found| QueryStatistics {
            bytes_scanned: found.bytes_scanned().and_then(count),
            events_scanned: found.events_scanned().and_then(count),
            events_matched: found.events_matched().and_then(count),
            total_rows: None,
            ran: found
                .execution_time_in_millis()
                .and_then(count)
                .map(Duration::from_millis),
        });
        Ok(QueryState {
            status: status(reply.query_status()),
            statistics: statistics.unwrap_or_default(),
            message: reply.error_message().map(str::to_owned),
            statement: reply.query_string().map(str::to_owned),
        })
    }

    /// A page of results. A token is good for the same query and page size only (reference §5.3).
    pub async fn query_results(
        &self,
        id: &QueryId,
        token: Option<String>,
        page_size: Option<u32>,
    ) -> Result<RawPage, CallError> {
        let call = self
            .cloudtrail()
            .get_query_results()
            .query_id(id.as_str())
            .set_next_token(token)
            .set_max_query_results(page_size.and_then(|size| i32::try_from(size).ok()))
            .customize()
            .interceptor(KeepNulls);
        let reply = self.quotas().call("GetQueryResults", Box::pin(call.send())).await?;
        Ok(page(reply))
    }

    /// Cancels a query. The service may say that it is cancelled before it has stopped (reference §5.3).
    pub async fn cancel_query(&self, id: &QueryId) -> Result<QueryStatus, CallError> {
        let call = self.cloudtrail().cancel_query().query_id(id.as_str());
        let reply = self.quotas().call("CancelQuery", Box::pin(call.send())).await?;
        Ok(QueryStatus::from(reply.query_status().as_str()))
    }

    /// The queries over a store, by its ARN or ID, of the last seven days, or those that were started at or after a
    /// time.
    pub async fn list_queries(&self, store: &str, since: Option<Timestamp>) -> Result<Vec<ListedQuery>, CallError> {
        const OPERATION: &str = "ListQueries";
        let mut found = Vec::new();
        let mut token = None;
        loop {
            let call = self
                .cloudtrail()
                .list_queries()
                .event_data_store(store)
                .set_start_time(since.map(|at| DateTime::from_secs(at.as_second())))
                .set_next_token(token);
            let reply = self.quotas().call(OPERATION, Box::pin(call.send())).await?;
            for query in reply.queries() {
                found.push(ListedQuery {
                    id: id(query.query_id()).ok_or_else(|| error::incomplete(OPERATION, "a query's ID"))?,
                    status: status(query.query_status()),
                    created: query.creation_time().and_then(timestamp),
                });
            }
            token = reply.next_token().map(str::to_owned);
            if token.is_none() {
                return Ok(found);
            }
        }
    }
}

fn id(text: Option<&str>) -> Option<QueryId> {
    text.and_then(|text| text.parse().ok())
}

fn status(status: Option<&SdkStatus>) -> QueryStatus {
    status.map_or_else(
        || QueryStatus::Other("UNKNOWN".to_owned()),
        |status| QueryStatus::from(status.as_str()),
    )
}

fn count<N>(number: N) -> Option<u64>
where
    u64: TryFrom<N>,
{
    u64::try_from(number).ok()
}

fn page(reply: GetQueryResultsOutput) -> RawPage {
    let statistics = reply.query_statistics().map(|found| QueryStatistics {
        bytes_scanned: found.bytes_scanned().and_then(count),
        total_rows: found.total_results_count().and_then(count),
        ..QueryStatistics::default()
    });
    let state = QueryState {
        status: status(reply.query_status()),
        statistics: statistics.unwrap_or_default(),
        message: reply.error_message().map(str::to_owned),
        statement: None,
    };
    let rows = reply.query_result_rows.unwrap_or_default();
    RawPage {
        rows: rows
            .into_iter()
            .map(|row| RawRow(row.into_iter().flat_map(entries).collect()))
            .collect(),
        next: reply.next_token,
        state,
    }
}

/// The entries of one map. It has one; without any it is a null, and several are taken by their names.
fn entries(map: std::collections::HashMap<String, String>) -> Vec<Entry> {
    if map.is_empty() {
        return vec![Entry::default()];
    }
    let mut entries: Vec<Entry> = map
        .into_iter()
        .map(|(column, value)| Entry {
            column: Some(column),
            value: Some(value).filter(|value| value != NULL),
        })
        .collect();
    entries.sort_by(|one, other| one.column.cmp(&other.column));
    entries
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use aws_sdk_cloudtrail::Client;
    use aws_sdk_cloudtrail::operation::start_query::StartQueryOutput;
    use aws_sdk_cloudtrail::types::QueryStatistics as SdkStatistics;
    use aws_smithy_mocks::{RuleMode, mock, mock_client};

    use super::*;

    const ID: &str = "11111111-2222-4333-8444-555555555555";

    fn map(entries: &[(&str, &str)]) -> HashMap<String, String> {
        entries
            .iter()
            .map(|(column, value)| ((*column).to_owned(), (*value).to_owned()))
            .collect()
    }

    #[tokio::test]
    async fn a_page_is_asked_for_with_its_token_and_read() {
        let rule = mock!(Client::get_query_results)
            .match_requests(|request| {
                request.query_id() == Some(ID)
                    && request.next_token() == Some("t1")
                    && request.max_query_results() == Some(7)
            })
            .then_output(|| {
                let statistics = SdkStatistics::builder()
                    .total_results_count(9)
                    .bytes_scanned(1234)
                    .build();
                GetQueryResultsOutput::builder()
                    .query_status(SdkStatus::Finished)
                    .query_statistics(statistics)
                    .query_result_rows(vec![map(&[("a", "1")]), map(&[]), map(&[("c", "")])])
                    .next_token("t2")
                    .build()
            });
        let session = Session::fake(mock_client!(aws_sdk_cloudtrail, RuleMode::MatchAny, [&rule]));
        let id = ID.parse().unwrap();
        let page = session
            .query_results(&id, Some("t1".to_owned()), Some(7))
            .await
            .unwrap();
        assert_eq!(page.next.as_deref(), Some("t2"));
        assert_eq!(page.state.status, QueryStatus::Finished);
        assert_eq!(page.state.statistics.total_rows, Some(9));
        assert_eq!(page.state.statistics.bytes_scanned, Some(1234));
        let values: Vec<_> = page.rows[0].0.iter().map(|entry| entry.value.as_deref()).collect();
        assert_eq!(values, [Some("1"), None, Some("")]);
    }

    #[tokio::test]
    async fn an_explicit_null_is_read_as_one() {
        let body =
            r#"{"QueryStatus":"FINISHED","QueryResultRows":[[{"a":"1"},{"b":null},{"c":"null"}]],"NextToken":null}"#;
        let rule = mock!(Client::get_query_results).then_http_response(move || {
            aws_smithy_runtime_api::http::Response::new(
                aws_smithy_runtime_api::http::StatusCode::try_from(200).unwrap(),
                aws_smithy_types::body::SdkBody::from(body),
            )
        });
        let session = Session::fake(mock_client!(aws_sdk_cloudtrail, RuleMode::MatchAny, [&rule]));
        let page = session.query_results(&ID.parse().unwrap(), None, None).await.unwrap();
        let values: Vec<_> = page.rows[0].0.iter().map(|entry| entry.value.as_deref()).collect();
        assert_eq!(values, [Some("1"), None, Some("null")]);
        assert_eq!(page.next, None);
    }

    #[tokio::test]
    async fn a_query_is_started_with_the_very_statement() {
        let sql = "SELECT 'ü' \n FROM x;";
        let rule = mock!(Client::start_query)
            .match_requests(move |request| request.query_statement() == Some(sql))
            .then_output(|| StartQueryOutput::builder().query_id(ID).build());
        let session = Session::fake(mock_client!(aws_sdk_cloudtrail, RuleMode::MatchAny, [&rule]));
        assert_eq!(session.start_query(sql).await.unwrap().as_str(), ID);
    }

    #[tokio::test]
    async fn a_start_whose_outcome_is_not_known_is_not_repeated() {
        let rule = mock!(Client::start_query).then_http_response(|| {
            aws_smithy_runtime_api::http::Response::new(
                aws_smithy_runtime_api::http::StatusCode::try_from(500).unwrap(),
                aws_smithy_types::body::SdkBody::from("{}"),
            )
        });
        let session = Session::fake(mock_client!(aws_sdk_cloudtrail, RuleMode::MatchAny, [&rule]));
        let error = session.start_query("SELECT 1").await.unwrap_err();
        assert!(error.is_unknown(), "{error:?}");
        assert_eq!(rule.num_calls(), 1);
    }
}
