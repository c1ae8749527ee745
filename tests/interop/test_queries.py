"""Queries by boto3 and by the AWS CLI: started, waited for, read page by page, cancelled and listed."""

import datetime

import pytest

from lake import Lake, entry, event
from programs import Operator

NAMES = ["image.created", "image.deleted", "image.shared"]


def id_of(store):
    """What stands in FROM."""
    return store.rsplit("/", 1)[-1]


@pytest.fixture
def filled(lake):
    """A store with three events of different names; `lake` and the store's ARN."""
    store = lake.store()
    channel = lake.channel(store)
    lake.send(channel, *(entry(f"e{n}", event(eventName=name, UID=name)) for n, name in enumerate(NAMES)))
    return lake, store


def statement(store):
    return f"SELECT eventData.eventName AS name, eventData.errorCode FROM {id_of(store)} ORDER BY 1"


def test_boto3_runs_a_query(filled):
    lake, store = filled
    before = datetime.datetime.now(datetime.timezone.utc) - datetime.timedelta(seconds=5)
    query = lake.trail.start_query(QueryStatement=statement(store))["QueryId"]
    described = lake.trail.describe_query(QueryId=query)
    assert (described["QueryStatus"], described["QueryString"]) == ("FINISHED", statement(store))
    statistics = described["QueryStatistics"]
    assert (statistics["EventsScanned"], statistics["EventsMatched"]) == (3, 3)
    assert before < statistics["CreationTime"] < before + datetime.timedelta(minutes=5)
    assert statistics["BytesScanned"] > 0
    results = lake.trail.get_query_results(QueryId=query)
    assert results["QueryResultRows"] == [[{"name": name}, {"errorCode": ""}] for name in NAMES]
    assert results["QueryStatistics"] == {
        "ResultsCount": 3,
        "TotalResultsCount": 3,
        "BytesScanned": statistics["BytesScanned"],
    }
    [listed] = lake.trail.list_queries(EventDataStore=store)["Queries"]
    assert listed == {"QueryId": query, "QueryStatus": "FINISHED", "CreationTime": statistics["CreationTime"]}


def test_boto3_reads_page_by_page(filled):
    lake, store = filled
    parameters = {
        "QueryId": lake.trail.start_query(QueryStatement=statement(store))["QueryId"],
        "MaxQueryResults": 1,
    }
    names = []
    while True:
        page = lake.trail.get_query_results(**parameters)
        assert page["QueryStatistics"]["TotalResultsCount"] == 3
        names += [row[0]["name"] for row in page["QueryResultRows"]]
        if "NextToken" not in page:
            break
        parameters["NextToken"] = page["NextToken"]
    assert names == NAMES
    parameters["MaxQueryResults"] = 2
    with pytest.raises(lake.trail.exceptions.InvalidNextTokenException):
        lake.trail.get_query_results(**parameters)


def test_boto3_waits_for_a_query_and_cancels_it(filled):
    lake, store = filled
    lake.sandbox.control("POST", "queries", {"status": "FINISHED", "looks": 2})
    query = lake.trail.start_query(QueryStatement=statement(store))["QueryId"]
    seen = []
    while not seen or seen[-1] in ("QUEUED", "RUNNING"):
        seen.append(lake.trail.get_query_results(QueryId=query)["QueryStatus"])
    assert seen == ["RUNNING", "RUNNING", "FINISHED"]
    lake.sandbox.control("POST", "queries", {"status": "FINISHED", "looks": 9})
    query = lake.trail.start_query(QueryStatement=statement(store))["QueryId"]
    assert lake.trail.cancel_query(QueryId=query)["QueryStatus"] == "CANCELLED"
    assert lake.trail.describe_query(QueryId=query)["QueryStatus"] == "CANCELLED"
    assert lake.trail.get_query_results(QueryId=query)["QueryResultRows"] == []


def test_boto3_learns_why_a_query_failed(filled):
    lake, store = filled
    lake.sandbox.control("POST", "queries", {"status": "FAILED", "error": "Query response is too large"})
    query = lake.trail.start_query(QueryStatement=statement(store))["QueryId"]
    for reply in (lake.trail.describe_query(QueryId=query), lake.trail.get_query_results(QueryId=query)):
        assert (reply["QueryStatus"], reply["ErrorMessage"]) == ("FAILED", "Query response is too large")


def test_a_delay_is_of_the_sandboxs_clock(lake_with):
    lake: Lake = lake_with("--query-delay", "1h")
    store = lake.store()
    query = lake.trail.start_query(QueryStatement=statement(store))["QueryId"]
    seen = [lake.trail.describe_query(QueryId=query)["QueryStatus"]]
    for _ in range(2):
        lake.sandbox.advance(seconds=1800)
        seen.append(lake.trail.describe_query(QueryId=query)["QueryStatus"])
    assert seen == ["QUEUED", "RUNNING", "FINISHED"]


def test_the_aws_cli_runs_a_query(filled):
    lake, store = filled
    aws = Operator(lake.sandbox.endpoint).aws
    query = aws("cloudtrail", "start-query", "--query-statement", statement(store)).ok().json["QueryId"]
    described = aws("cloudtrail", "describe-query", "--query-id", query).ok().json
    assert described["QueryStatus"] == "FINISHED"
    assert described["QueryStatistics"]["EventsMatched"] == 3
    results = aws("cloudtrail", "get-query-results", "--query-id", query).ok().json
    assert results["QueryResultRows"] == [[{"name": name}, {"errorCode": ""}] for name in NAMES]
    first = aws("cloudtrail", "get-query-results", "--query-id", query, "--max-query-results", "2").ok().json
    last = aws(
        *("cloudtrail", "get-query-results", "--query-id", query, "--max-query-results", "2"),
        *("--next-token", first["NextToken"]),
    )
    assert first["QueryResultRows"] + last.ok().json["QueryResultRows"] == results["QueryResultRows"]
    listed = aws(
        *("cloudtrail", "list-queries", "--event-data-store", store, "--query-status", "FINISHED"),
        *("--start-time", (datetime.datetime.now(datetime.timezone.utc) - datetime.timedelta(hours=1)).isoformat()),
    )
    assert [item["QueryId"] for item in listed.ok().json["Queries"]] == [query]


def test_the_aws_cli_cancels_a_query(filled):
    lake, store = filled
    lake.sandbox.control("POST", "queries", {"status": "FINISHED", "looks": 9})
    aws = Operator(lake.sandbox.endpoint).aws
    query = aws("cloudtrail", "start-query", "--query-statement", statement(store)).ok().json["QueryId"]
    cancelled = aws("cloudtrail", "cancel-query", "--query-id", query).ok().json
    assert cancelled == {"QueryId": query, "QueryStatus": "CANCELLED"}
    again = aws("cloudtrail", "cancel-query", "--query-id", query)
    assert again.code != 0
    assert "InactiveQueryException" in again.err


def test_a_refused_statement_says_what_is_wrong(filled):
    lake, store = filled
    ended = Operator(lake.sandbox.endpoint).aws(
        *("cloudtrail", "start-query", "--query-statement", f"SELECT no_such_column FROM {id_of(store)}")
    )
    assert ended.code != 0
    assert "InvalidQueryStatementException" in ended.err
    assert "no_such_column" in ended.err
    assert lake.sandbox.control("GET", "queries")["queries"] == []
