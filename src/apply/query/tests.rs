//! A query over a client that a test made.

use std::collections::HashMap;
use std::sync::Mutex;

use aws_sdk_cloudtrail::Client;
use aws_sdk_cloudtrail::operation::cancel_query::CancelQueryOutput;
use aws_sdk_cloudtrail::operation::describe_query::{DescribeQueryError, DescribeQueryOutput};
use aws_sdk_cloudtrail::operation::get_query_results::GetQueryResultsOutput;
use aws_sdk_cloudtrail::operation::list_queries::{ListQueriesInput, ListQueriesOutput};
use aws_sdk_cloudtrail::operation::start_query::{StartQueryError, StartQueryOutput};
use aws_sdk_cloudtrail::types::{Query, QueryStatus as Sdk};
use aws_smithy_mocks::{Rule, RuleMode, mock, mock_client};
use aws_smithy_types::error::ErrorMetadata;

use super::*;

const ID: &str = "11111111-2222-4333-8444-555555555555";
const SQL: &str = "SELECT eventID FROM 6f0c2a1e-1111-4222-8333-444455556666";

/// Keeps what it is told.
#[derive(Default)]
struct Ear {
    statuses: Vec<String>,
    notices: Vec<String>,
}

impl Watcher for Ear {
    fn headway(&mut self, headway: Headway<'_>) {
        self.statuses.push(headway.state.status.as_str().to_owned());
    }

    fn notice(&mut self, sentence: &str) {
        self.notices.push(sentence.to_owned());
    }
}

fn impatient() -> Patience {
    Patience {
        room: Duration::from_millis(20),
        room_in_all: Duration::from_millis(50),
        failures: 3,
        whole: None,
    }
}

fn now() -> Timestamp {
    "2026-11-20T12:00:00Z".parse().unwrap()
}

fn started() -> Rule {
    mock!(Client::start_query).then_output(|| StartQueryOutput::builder().query_id(ID).build())
}

fn described(status: Sdk, message: Option<&'static str>) -> Rule {
    mock!(Client::describe_query).then_output(move || {
        DescribeQueryOutput::builder()
            .query_status(status.clone())
            .query_string(SQL)
            .set_error_message(message.map(str::to_owned))
            .build()
    })
}

/// A page of one row; the token that leads to the next is the number after it.
fn pages(last: u32) -> Rule {
    let number = |token: Option<&str>| token.map_or(0, |token| token.parse().unwrap());
    let asked = Mutex::new(0);
    mock!(Client::get_query_results)
        .match_requests(move |request| {
            let mut asked = asked.lock().unwrap();
            let fits = number(request.next_token()) == *asked;
            *asked += 1;
            fits
        })
        .then_compute_output(move |request| {
            let at = number(request.next_token());
            GetQueryResultsOutput::builder()
                .query_status(Sdk::Finished)
                .query_result_rows(vec![HashMap::from([("n".to_owned(), at.to_string())])])
                .set_next_token((at < last).then(|| (at + 1).to_string()))
                .build()
        })
}

async fn run_with(rules: &[&Rule], ear: &mut Ear, patience: Patience, interrupt: &Interrupt) -> Result<Answer> {
    let aws = Session::fake(mock_client!(aws_sdk_cloudtrail, RuleMode::MatchAny, rules));
    let statement = Statement::new(SQL).unwrap();
    let job = Job {
        statement: &statement,
        columns: Columns::default(),
        page_size: None,
        patience,
        interrupt,
        clock: now,
        random: || 0.0,
    };
    run(&aws, job, ear).await
}

async fn failure(rules: &[&Rule]) -> (Error, Ear) {
    let mut ear = Ear::default();
    let ran = run_with(rules, &mut ear, impatient(), &Interrupt::default()).await;
    (ran.unwrap_err(), ear)
}

#[tokio::test]
async fn all_pages_are_read_in_their_order() {
    let (start, describe, pages) = (started(), described(Sdk::Finished, None), pages(3));
    let mut ear = Ear::default();
    let rules = [&start, &describe, &pages];
    let mut answer = run_with(&rules, &mut ear, impatient(), &Interrupt::default())
        .await
        .unwrap();
    let mut read = Vec::new();
    while let Some(page) = answer.next().await.unwrap() {
        read.extend(page.rows.into_iter().flatten().flatten());
    }
    assert_eq!(read, ["0", "1", "2", "3"]);
    assert_eq!(answer.rows, 4);
    assert_eq!(ear.statuses, ["FINISHED"]);
    assert_eq!(start.num_calls(), 1);
}

#[tokio::test]
async fn each_end_of_a_query_has_its_kind() {
    for (status, message, kind, words) in [
        (
            Sdk::Failed,
            Some("Query response is too large"),
            Kind::Failed,
            "too large",
        ),
        (Sdk::Cancelled, None, Kind::Failed, "somebody else"),
        (Sdk::TimedOut, None, Kind::GaveUp, "an hour"),
    ] {
        let (error, _) = failure(&[&started(), &described(status, message)]).await;
        assert_eq!(error.kind, kind);
        assert!(error.to_string().contains(words), "{error}");
        assert_eq!(error.hints.is_empty(), kind == Kind::Failed && message.is_none());
    }
}

#[tokio::test]
async fn a_query_that_fails_while_it_is_read_ends_so() {
    let page = mock!(Client::get_query_results).then_output(|| {
        GetQueryResultsOutput::builder()
            .query_status(Sdk::Failed)
            .error_message("half-way")
            .build()
    });
    let mut ear = Ear::default();
    let (start, describe) = (started(), described(Sdk::Finished, None));
    let rules = [&start, &describe, &page];
    let mut answer = run_with(&rules, &mut ear, impatient(), &Interrupt::default())
        .await
        .unwrap();
    let error = answer.next().await.unwrap_err();
    assert_eq!(error.kind, Kind::Failed);
    assert!(error.to_string().contains("half-way"));
}

fn refused(code: &'static str) -> ErrorMetadata {
    ErrorMetadata::builder().code(code).message("no").build()
}

#[tokio::test]
async fn a_query_waits_for_room_and_not_forever() {
    let full =
        mock!(Client::start_query).then_error(|| StartQueryError::generic(refused("MaxConcurrentQueriesException")));
    let (error, ear) = failure(&[&full]).await;
    assert_eq!(
        (error.kind, error.code.as_deref()),
        (Kind::GaveUp, Some("MaxConcurrentQueriesException"))
    );
    assert!(full.num_calls() > 1 && !ear.notices.is_empty());
}

#[tokio::test]
async fn a_wrong_statement_is_wrong_usage_and_asked_for_once() {
    let wrong =
        mock!(Client::start_query).then_error(|| StartQueryError::generic(refused("InvalidQueryStatementException")));
    let (error, _) = failure(&[&wrong]).await;
    assert_eq!((error.kind, wrong.num_calls()), (Kind::Usage, 1));
}

#[tokio::test]
async fn a_throttled_poll_is_asked_again() {
    let sequence = mock!(Client::describe_query)
        .sequence()
        .error(|| DescribeQueryError::generic(refused("ThrottlingException")))
        .output(|| DescribeQueryOutput::builder().query_status(Sdk::Finished).build())
        .build();
    let pages = pages(0);
    let mut ear = Ear::default();
    let start = started();
    let aws = Session::fake(mock_client!(
        aws_sdk_cloudtrail,
        RuleMode::MatchAny,
        [&start, &sequence, &pages]
    ));
    let statement = Statement::new(SQL).unwrap();
    let interrupt = Interrupt::default();
    let job = Job {
        statement: &statement,
        columns: Columns::default(),
        page_size: None,
        patience: impatient(),
        interrupt: &interrupt,
        clock: now,
        random: || 0.0,
    };
    let mut answer = run(&aws, job, &mut ear).await.unwrap();
    assert_eq!(answer.next().await.unwrap().unwrap().rows.len(), 1);
}

fn lost() -> Rule {
    mock!(Client::start_query).then_http_response(|| {
        aws_smithy_runtime_api::http::Response::new(
            aws_smithy_runtime_api::http::StatusCode::try_from(503).unwrap(),
            aws_smithy_types::body::SdkBody::from("{}"),
        )
    })
}

fn listed(at: &str) -> Rule {
    let at = at.parse::<Timestamp>().unwrap().as_second();
    let of_the_store =
        |request: &ListQueriesInput| request.event_data_store() == Some("6f0c2a1e-1111-4222-8333-444455556666");
    mock!(Client::list_queries)
        .match_requests(of_the_store)
        .then_output(move || {
            let created = aws_smithy_types::DateTime::from_secs(at);
            let query = Query::builder()
                .query_id(ID)
                .query_status(Sdk::Running)
                .creation_time(created);
            ListQueriesOutput::builder().queries(query.build()).build()
        })
}

#[tokio::test]
async fn a_query_whose_start_was_not_confirmed_is_found_again() {
    let (start, describe, pages) = (lost(), described(Sdk::Finished, None), pages(0));
    let listed = listed("2026-11-20T12:00:01Z");
    let mut ear = Ear::default();
    let rules = [&start, &listed, &describe, &pages];
    let answer = run_with(&rules, &mut ear, impatient(), &Interrupt::default())
        .await
        .unwrap();
    assert_eq!(answer.id().as_str(), ID);
    assert_eq!(start.num_calls(), 1, "a second would be billed");
    assert!(ear.notices[0].contains(ID));
}

#[tokio::test]
async fn an_older_query_of_the_same_words_is_not_ours() {
    let start = lost();
    let rules = [&start, &listed("2026-11-20T11:59:00Z"), &described(Sdk::Finished, None)];
    let (error, _) = failure(&rules).await;
    assert_eq!((error.kind, start.num_calls()), (Kind::GaveUp, 1));
    assert!(error.message.contains("may be running"));
}

#[tokio::test]
async fn whoever_stops_waiting_cancels_the_query() {
    let cancel = || {
        mock!(Client::cancel_query).then_output(|| {
            let cancelled = CancelQueryOutput::builder().query_id(ID).query_status(Sdk::Cancelled);
            cancelled.build().unwrap()
        })
    };
    let interrupt = Interrupt::default();
    interrupt.ask();
    let (start, describe, asked) = (started(), described(Sdk::Running, None), cancel());
    let mut ear = Ear::default();
    let rules = [&start, &describe, &asked];
    let error = run_with(&rules, &mut ear, impatient(), &interrupt).await.unwrap_err();
    assert_eq!((error.kind, asked.num_calls()), (Kind::Interrupted, 1));
    let patience = Patience {
        whole: Some(Duration::from_millis(80)),
        ..impatient()
    };
    let over = cancel();
    let rules = [&start, &describe, &over];
    let error = run_with(&rules, &mut ear, patience, &Interrupt::default())
        .await
        .unwrap_err();
    assert_eq!((error.kind, over.num_calls()), (Kind::GaveUp, 1));
    assert!(error.message.contains("cancelled"), "{error}");
}
