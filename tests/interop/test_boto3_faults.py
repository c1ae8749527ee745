"""What goes wrong between client and service, as boto3 sees it: throttling, 5xx, delays, cuts, lost replies."""

import botocore.exceptions as errors
import pytest

from lake import CHANNEL, SOURCE, entry, to_stores

RETRIES = [{"mode": mode, "total_max_attempts": 3} for mode in ("standard", "legacy")]


@pytest.fixture(autouse=True)
def no_waiting(monkeypatch):
    """boto3 need not sleep between tries."""
    monkeypatch.setattr("botocore.endpoint.time.sleep", lambda _seconds: None)


def statuses(lake, operation):
    """How the sandbox answered each request of an operation."""
    return [seen["status"] for seen in lake.sandbox.seen(operation)]


@pytest.mark.parametrize("retries", RETRIES, ids=lambda retries: retries["mode"])
@pytest.mark.parametrize(
    ("fault", "status"),
    [
        ({"kind": "throttle"}, 400),
        ({"kind": "status", "status": 500}, 500),
        ({"kind": "status", "status": 503}, 503),
    ],
    ids=["throttle", "500", "503"],
)
def test_what_passes_is_tried_again(lake, fault, status, retries):
    """Throttling arrives as HTTP 400 and has to be known by its code."""
    lake.sandbox.fault("ListChannels", times=2, **fault)
    assert lake.client(retries=retries).list_channels()["Channels"] == []
    assert statuses(lake, "ListChannels") == [status, status, 200]


@pytest.mark.parametrize("retries", RETRIES, ids=lambda retries: retries["mode"])
def test_the_data_plane_is_tried_again(lake, retries):
    """The same faults on restJson1, where the code is in a header."""
    channel = lake.channel()
    lake.sandbox.fault("PutAuditEvents", "throttle")
    lake.sandbox.fault("PutAuditEvents", "status", call=2, status=503)
    sender = lake.client("cloudtrail-data", retries=retries)
    reply = sender.put_audit_events(channelArn=channel, auditEvents=[entry()])
    assert len(reply["successful"]) == 1
    assert statuses(lake, "PutAuditEvents") == [400, 503, 200]


@pytest.mark.parametrize(
    ("fault", "code", "status"),
    [
        ({"kind": "throttle"}, "ThrottlingException", 400),
        ({"kind": "status", "status": 500}, "InternalFailure", 500),
        ({"kind": "status", "status": 503}, "ServiceUnavailable", 503),
        (
            {"kind": "error", "status": 403, "code": "ExpiredTokenException", "message": "expired"},
            "ExpiredTokenException",
            403,
        ),
    ],
    ids=["throttle", "500", "503", "expired"],
)
@pytest.mark.parametrize("service", ["cloudtrail", "cloudtrail-data", "sts"])
def test_a_fault_has_its_code_and_status(lake, fault, code, status, service):
    """The common errors, on every wire.

    https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/CommonErrors.html
    """
    channel = lake.channel()
    lake.sandbox.fault("*", **fault)
    client = lake.client(service)
    with pytest.raises(errors.ClientError) as refused:
        if service == "cloudtrail":
            client.list_channels()
        elif service == "sts":
            client.get_caller_identity()
        else:
            client.put_audit_events(channelArn=channel, auditEvents=[entry()])
    assert refused.value.response["Error"]["Code"] == code
    assert refused.value.response["ResponseMetadata"]["HTTPStatusCode"] == status


def test_a_fault_hits_the_call_it_was_made_for(lake):
    """The second call of one operation, once; all others pass."""
    lake.sandbox.fault("ListChannels", "throttle", call=2)
    lake.trail.list_channels()
    lake.trail.list_event_data_stores()
    with pytest.raises(errors.ClientError):
        lake.trail.list_channels()
    lake.trail.list_channels()


def new_channel(lake, store):
    return lake.trail.create_channel(Name=CHANNEL, Source=SOURCE, Destinations=to_stores(store))


def test_a_cut_connection_left_nothing_done(lake):
    """The request never came to be handled."""
    store = lake.store()
    lake.sandbox.fault("CreateChannel", "cut")
    with pytest.raises(errors.ConnectionClosedError):
        new_channel(lake, store)
    assert lake.trail.list_channels()["Channels"] == []
    assert new_channel(lake, store)


def test_a_lost_reply_left_everything_done(lake):
    """The same for the client, but the channel is there: whoever creates it again blindly is refused."""
    store = lake.store()
    lake.sandbox.fault("CreateChannel", "lose_reply")
    with pytest.raises(errors.ConnectionClosedError):
        new_channel(lake, store)
    [made] = lake.trail.list_channels()["Channels"]
    assert made["Name"] == CHANNEL
    with pytest.raises(lake.trail.exceptions.ChannelAlreadyExistsException):
        new_channel(lake, store)


@pytest.mark.parametrize(("kind", "kept"), [("cut", 0), ("lose_reply", 1)])
def test_events_and_a_connection_that_breaks(lake, kind, kept):
    """A lost reply is the case in which a sender cannot know."""
    channel = lake.channel()
    lake.sandbox.fault("PutAuditEvents", kind)
    with pytest.raises(errors.ConnectionClosedError):
        lake.send(channel)
    assert len(lake.sandbox.events()) == kept


def test_a_delay_longer_than_the_clients_patience(lake):
    lake.sandbox.fault("ListChannels", "delay", ms=1500)
    with pytest.raises(errors.ReadTimeoutError):
        lake.client(read_timeout=0.2).list_channels()


def test_more_requests_a_second_than_allowed(lake_with):
    """AWS allows PutAuditEvents 100 times a second to an account in a Region, and throttles with HTTP 400.

    https://docs.aws.amazon.com/general/latest/gr/ct.html
    """
    lake = lake_with("--max-tps", "1")
    channel = lake.channel()
    lake.send(channel, entry("first"))
    # Twenty take much less than twenty seconds.
    with pytest.raises(errors.ClientError) as refused:
        for n in range(20):
            lake.send(channel, entry(f"more-{n}"))
    assert refused.value.response["Error"]["Code"] == "ThrottlingException"
    assert refused.value.response["ResponseMetadata"]["HTTPStatusCode"] == 400
    stored = len(lake.sandbox.events())
    lake.sandbox.advance(seconds=1)
    lake.send(channel, entry("later"))
    assert len(lake.sandbox.events()) == stored + 1


def test_a_request_that_fails_in_part(lake):
    """Entries of a good request can be throttled one by one, and sent again under the same id."""
    channel = lake.channel()
    events = [entry(f"e{n}") for n in range(3)]
    lake.sandbox.fault("PutAuditEvents", "fail_entries", ids=["e0"], indexes=[2], code="Throttling")
    reply = lake.send(channel, *events)
    assert [item["id"] for item in reply["successful"]] == ["e1"]
    assert {item["id"]: item["errorCode"] for item in reply["failed"]} == {
        "e0": "Throttling",
        "e2": "Throttling",
    }
    assert all(item["errorMessage"] for item in reply["failed"])
    again = lake.send(channel, events[0], events[2])
    assert len(again["successful"]) == 2
    assert sorted(kept["id"] for kept in lake.sandbox.events()) == ["e0", "e1", "e2"]
