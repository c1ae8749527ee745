"""boto3 reads every reply: members, types, pages, and what the sandbox does not have.

Every client of these tests hands every reply to `shapes.check_reply`, which holds the bytes against the service's
model and boto3's reading of them against the bytes. The tests here add what the model leaves open.
"""

import datetime
import uuid

import botocore.session
import pytest
from botocore.exceptions import ClientError

from lake import ACTIVITY, CHANNEL, PARTNER, SOURCE, STORE, checksum, entry, event, policy, to_stores
from shapes import smallest

IMPLEMENTED = [
    "AddTags",
    "CancelQuery",
    "CreateChannel",
    "CreateEventDataStore",
    "DeleteChannel",
    "DeleteEventDataStore",
    "DeleteResourcePolicy",
    "DescribeQuery",
    "GetChannel",
    "GetEventDataStore",
    "GetQueryResults",
    "GetResourcePolicy",
    "ListChannels",
    "ListEventDataStores",
    "ListQueries",
    "ListTags",
    "PutResourcePolicy",
    "RemoveTags",
    "RestoreEventDataStore",
    "StartQuery",
    "UpdateChannel",
    "UpdateEventDataStore",
]
MODEL = botocore.session.get_session().get_service_model("cloudtrail")
STORE_MEMBERS = {
    "EventDataStoreArn",
    "Name",
    "Status",
    "AdvancedEventSelectors",
    "MultiRegionEnabled",
    "OrganizationEnabled",
    "RetentionPeriod",
    "TerminationProtectionEnabled",
    "CreatedTimestamp",
    "UpdatedTimestamp",
    "BillingMode",
}
TAGS = [{"Key": "team", "Value": "audit"}, {"Key": "bare"}]


def members(reply):
    """A reply's own members."""
    return reply.keys() - {"ResponseMetadata"}


def seconds_ago(moment):
    return (datetime.datetime.now(datetime.timezone.utc) - moment).total_seconds()


def test_create_event_data_store_replies_with_the_store(lake):
    """https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_CreateEventDataStore.html"""
    made = lake.trail.create_event_data_store(
        Name=STORE,
        MultiRegionEnabled=False,
        RetentionPeriod=400,
        AdvancedEventSelectors=ACTIVITY,
        TagsList=TAGS[:1],
    )
    assert members(made) == STORE_MEMBERS | {"TagsList"}
    assert made["EventDataStoreArn"].startswith("arn:aws:cloudtrail:us-east-1:111122223333:eventdatastore/")
    assert (made["Name"], made["Status"], made["RetentionPeriod"]) == (STORE, "CREATED", 400)
    assert made["AdvancedEventSelectors"] == ACTIVITY
    assert made["TagsList"] == TAGS[:1]
    assert 0 <= seconds_ago(made["CreatedTimestamp"]) < 60


def test_what_a_create_leaves_out_has_the_documented_default(lake):
    """Multi-Region, protected, 366 days (with fixed pricing 2557), and without selectors for management events."""
    made = lake.trail.create_event_data_store(Name=STORE)
    assert (made["MultiRegionEnabled"], made["OrganizationEnabled"]) == (True, False)
    assert made["TerminationProtectionEnabled"] is True
    assert (made["BillingMode"], made["RetentionPeriod"]) == ("EXTENDABLE_RETENTION_PRICING", 366)
    categories = [
        field["Equals"]
        for selector in made["AdvancedEventSelectors"]
        for field in selector["FieldSelectors"]
        if field["Field"] == "eventCategory"
    ]
    assert categories == [["Management"]]
    fixed = lake.trail.create_event_data_store(Name="fixed", BillingMode="FIXED_RETENTION_PRICING")
    assert fixed["RetentionPeriod"] == 2557


def test_get_event_data_store_by_arn_and_by_id(lake):
    """The ID is the ARN's suffix. Get has the federation status and has no tags."""
    store = lake.store(TagsList=TAGS)
    got = lake.trail.get_event_data_store(EventDataStore=store)
    assert members(got) - {"PartitionKeys"} == STORE_MEMBERS | {"FederationStatus"}
    assert (got["EventDataStoreArn"], got["Status"]) == (store, "ENABLED")
    assert got["FederationStatus"] == "DISABLED"
    by_id = lake.trail.get_event_data_store(EventDataStore=store.rsplit("/", 1)[1])
    assert by_id["EventDataStoreArn"] == store


def test_list_event_data_stores_gives_arn_and_name_only(lake):
    """The other members are deprecated and no longer returned."""
    store = lake.store()
    listed = lake.trail.list_event_data_stores()
    assert listed["EventDataStores"] == [{"EventDataStoreArn": store, "Name": STORE}]
    assert "NextToken" not in listed


def test_update_event_data_store_changes_what_is_given(lake):
    """https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_UpdateEventDataStore.html"""
    store = lake.store()
    updated = lake.trail.update_event_data_store(
        EventDataStore=store, Name="renamed", RetentionPeriod=500, TerminationProtectionEnabled=False
    )
    assert members(updated) == STORE_MEMBERS | {"FederationStatus"}
    assert (updated["Name"], updated["RetentionPeriod"]) == ("renamed", 500)
    assert updated["TerminationProtectionEnabled"] is False
    assert updated["AdvancedEventSelectors"] == ACTIVITY
    got = lake.trail.get_event_data_store(EventDataStore=store)
    assert {name: got[name] for name in members(updated)} == {
        name: updated[name] for name in members(updated)
    }


def test_delete_and_restore_event_data_store(lake):
    """Delete replies with nothing; restore with the store, less its federation."""
    store = lake.store(TerminationProtectionEnabled=False)
    assert members(lake.trail.delete_event_data_store(EventDataStore=store)) == set()
    pending = lake.trail.get_event_data_store(EventDataStore=store)
    assert pending["Status"] == "PENDING_DELETION"
    restored = lake.trail.restore_event_data_store(EventDataStore=store)
    assert members(restored) == STORE_MEMBERS
    assert restored["EventDataStoreArn"] == store


def test_create_channel_replies_with_the_channel(lake):
    """Destinations are the stores' ARNs, whether an ARN or an ID was sent."""
    first, second = lake.store("first"), lake.store("second")
    made = lake.trail.create_channel(
        Name=CHANNEL,
        Source=SOURCE,
        Destinations=to_stores(first, second.rsplit("/", 1)[1]),
        Tags=TAGS[:1],
    )
    assert members(made) == {"ChannelArn", "Name", "Source", "Destinations", "Tags"}
    assert made["ChannelArn"].startswith("arn:aws:cloudtrail:us-east-1:111122223333:channel/")
    assert (made["Name"], made["Source"], made["Tags"]) == (CHANNEL, SOURCE, TAGS[:1])
    assert made["Destinations"] == to_stores(first, second)


def test_get_channel_before_any_event(lake):
    """By ARN and by ID. An integration's channel has no SourceConfig, and no ingestion status that says anything."""
    store = lake.store()
    channel = lake.channel(store)
    for name in (channel, channel.rsplit("/", 1)[1]):
        got = lake.trail.get_channel(Channel=name)
        assert members(got) - {"IngestionStatus", "SourceConfig"} == {
            "ChannelArn",
            "Name",
            "Source",
            "Destinations",
        }
        assert (got["ChannelArn"], got["Name"], got["Source"]) == (channel, CHANNEL, SOURCE)
        assert got["Destinations"] == to_stores(store)
        assert not got.get("SourceConfig")
        assert not got.get("IngestionStatus")


def test_get_channel_shows_the_last_success_and_the_last_error(lake):
    """IngestionStatus is AWS's way to check that an integration works."""
    channel = lake.channel()
    accepted = lake.send(channel)["successful"][0]["eventID"]
    status = lake.trail.get_channel(Channel=channel)["IngestionStatus"]
    assert status["LatestIngestionSuccessEventID"] == accepted
    assert status["LatestIngestionAttemptEventID"] == accepted
    assert status["LatestIngestionSuccessTime"] == status["LatestIngestionAttemptTime"]
    assert 0 <= seconds_ago(status["LatestIngestionSuccessTime"]) < 60
    assert "LatestIngestionErrorCode" not in status

    lake.sandbox.advance(seconds=100)
    lake.send(channel, entry(data=event(recipientAccountId=PARTNER)))
    status = lake.trail.get_channel(Channel=channel)["IngestionStatus"]
    assert status["LatestIngestionErrorCode"] == "InvalidRecipient"
    assert status["LatestIngestionSuccessEventID"] == accepted
    assert status["LatestIngestionAttemptTime"] > status["LatestIngestionSuccessTime"]


def test_list_channels_gives_arn_and_name_only(lake):
    """Whatever the description promises, the model has no source there."""
    channel = lake.channel()
    listed = lake.trail.list_channels()
    assert listed["Channels"] == [{"ChannelArn": channel, "Name": CHANNEL}]
    assert "NextToken" not in listed


def test_update_channel_replaces_destinations(lake):
    """Name and destinations can change, and only those given do."""
    first, second = lake.store("first"), lake.store("second")
    channel = lake.channel(first)
    updated = lake.trail.update_channel(Channel=channel, Destinations=to_stores(second))
    assert members(updated) == {"ChannelArn", "Name", "Source", "Destinations"}
    assert (updated["Name"], updated["Destinations"]) == (CHANNEL, to_stores(second))
    renamed = lake.trail.update_channel(Channel=channel, Name="renamed")
    assert (renamed["Name"], renamed["Destinations"]) == ("renamed", to_stores(second))
    assert renamed["Source"] == SOURCE


def test_delete_channel_is_immediate(lake):
    """The reply is empty, the channel is gone at once, and its name and source are free again."""
    store = lake.store()
    channel = lake.channel(store)
    assert members(lake.trail.delete_channel(Channel=channel)) == set()
    with pytest.raises(lake.trail.exceptions.ChannelNotFoundException):
        lake.trail.get_channel(Channel=channel)
    assert lake.channel(store) != channel


def test_resource_policy_comes_and_goes(lake):
    """Put replaces the whole document and echoes it; get returns it; delete takes it away."""
    channel = lake.channel()
    lake.let_in(channel, policy(channel, external_id=None))
    text = '{"Version":"2012-10-17","Statement":[%s]}' % (
        '{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::855341727128:root"},'
        f'"Action":"cloudtrail-data:PutAuditEvents","Resource":"{channel}"}}'
    )
    put = lake.trail.put_resource_policy(ResourceArn=channel, ResourcePolicy=text)
    got = lake.trail.get_resource_policy(ResourceArn=channel)
    for reply in (put, got):
        assert members(reply) == {"ResourceArn", "ResourcePolicy"}
        assert (reply["ResourceArn"], reply["ResourcePolicy"]) == (channel, text)
    assert members(lake.trail.delete_resource_policy(ResourceArn=channel)) == set()
    with pytest.raises(lake.trail.exceptions.ResourcePolicyNotFoundException):
        lake.trail.get_resource_policy(ResourceArn=channel)


def test_tags_of_stores_and_channels(lake):
    """Adding a key again replaces its value; a tag may have no value; removal goes by key."""
    store = lake.store(TagsList=TAGS[:1])
    channel = lake.channel(store)
    assert members(lake.trail.add_tags(ResourceId=store, TagsList=[{"Key": "team", "Value": "ops"}])) == set()
    lake.trail.add_tags(ResourceId=channel, TagsList=TAGS)
    listed = lake.trail.list_tags(ResourceIdList=[store, channel])["ResourceTagList"]
    tags = {item["ResourceId"]: {tag["Key"]: tag.get("Value") for tag in item["TagsList"]} for item in listed}
    assert tags == {store: {"team": "ops"}, channel: {"team": "audit", "bare": None}}
    removed = lake.trail.remove_tags(ResourceId=channel, TagsList=[{"Key": "bare"}])
    assert members(removed) == set()
    [left] = lake.trail.list_tags(ResourceIdList=[channel])["ResourceTagList"]
    assert left == {"ResourceId": channel, "TagsList": TAGS[:1]}


def test_list_tags_takes_twenty_resources(lake):
    """Up to 20 ARNs in one call, in botocore's own paginator; an untagged resource has no tags."""
    store = lake.store()
    pages = lake.trail.get_paginator("list_tags").paginate(ResourceIdList=[store] * 20)
    listed = [item for page in pages for item in page["ResourceTagList"]]
    assert {item["ResourceId"] for item in listed} == {store}
    assert all(item["TagsList"] == [] for item in listed)
    with pytest.raises(ClientError):
        lake.trail.list_tags(ResourceIdList=[store] * 21)


def test_put_audit_events_answers_for_each_event(lake):
    """Both lists are always there; each entry is answered under its own id, and the good ones are not held back."""
    channel = lake.channel()
    good = entry("good")
    entries = [
        {**good, "eventDataChecksum": checksum(good["eventData"])},
        {**entry("sum"), "eventDataChecksum": checksum("another")},
        entry("stranger", event(recipientAccountId=PARTNER)),
        entry("short", {name: value for name, value in event().items() if name != "UID"}),
        entry("long", event(eventName="x" * 1025)),
        {"id": "text", "eventData": "no JSON"},
        entry("extra", event(unknownField="x")),
    ]
    reply = lake.send(channel, *entries)
    assert members(reply) == {"successful", "failed"}
    [accepted] = reply["successful"]
    assert accepted["id"] == "good"
    assert str(uuid.UUID(accepted["eventID"])) == accepted["eventID"]
    assert {refused["id"]: refused["errorCode"] for refused in reply["failed"]} == {
        "sum": "InvalidChecksum",
        "stranger": "InvalidRecipient",
        "short": "FieldNotFound",
        "long": "FieldTooLong",
        "text": "InvalidData",
        "extra": "InvalidData",
    }


def test_an_accepted_event_is_kept_as_it_was_sent(lake):
    """The record has what CloudTrail adds, and the sender's object untouched.

    https://docs.aws.amazon.com/awscloudtrail/latest/userguide/query-integration-event-schema.html
    """
    store = lake.store()
    channel = lake.channel(store)
    sent = entry(data=event(additionalEventData={"z": 1.50, "a": ["é", None]}))
    [accepted] = lake.send(channel, sent)["successful"]
    [kept] = lake.sandbox.events()
    record = kept["record"]
    assert kept["event_data"] == sent["eventData"]
    assert record["eventID"] == kept["event_id"] == accepted["eventID"]
    assert (record["eventCategory"], record["eventType"]) == ("ActivityAuditLog", "ActivityLog")
    assert (record["awsRegion"], record["recipientAccountId"]) == ("us-east-1", "111122223333")
    assert record["metadata"]["channelARN"] == channel
    assert {"eventVersion", "eventTime", "eventData"} <= record.keys()
    assert record["metadata"]["ingestionTime"]


def test_put_audit_events_takes_a_hundred_and_no_more(lake):
    """1 to 100 events in a request."""
    channel = lake.channel()
    hundred = [entry(f"e{n}") for n in range(100)]
    assert len(lake.send(channel, *hundred)["successful"]) == 100
    with pytest.raises(ClientError):
        lake.send(channel, *hundred, entry("one-more"))
    assert len(lake.sandbox.events()) == 100


def test_put_audit_events_takes_a_megabyte_and_no_more(lake):
    """1 MB in a request, 256 kB in an event: well under passes, well over does not, whatever a MB is."""
    channel = lake.channel()

    def sized(count, kilobytes):
        filler = [{"f": "x" * 25_000} for _ in range(kilobytes // 25)]
        parts = ["requestParameters", "responseElements"]
        split = {name: {"parts": filler[n::2]} for n, name in enumerate(parts)}
        return [entry(f"e{n}", event(**split)) for n in range(count)]

    assert len(lake.send(channel, *sized(5, 150))["successful"]) == 5
    with pytest.raises(ClientError):
        lake.send(channel, *sized(8, 150))
    [refused] = lake.send(channel, *sized(1, 300))["failed"]
    assert refused["errorCode"] in ("FieldTooLong", "InvalidData")


def test_the_same_event_sent_twice_is_kept_twice(lake):
    """Nothing promises idempotency across requests, so the sandbox does not either."""
    channel = lake.channel()
    again = entry()
    first, second = (lake.send(channel, again)["successful"][0]["eventID"] for _ in range(2))
    assert first != second
    assert len(lake.sandbox.events()) == 2


def test_a_channel_with_two_stores_delivers_to_both(lake):
    """A channel may feed several stores."""
    stores = [lake.store("first"), lake.store("second")]
    made = lake.trail.create_channel(Name=CHANNEL, Source="Custom", Destinations=to_stores(*stores))
    lake.send(made["ChannelArn"])
    held = [lake.sandbox.events(store.rsplit("/", 1)[1]) or lake.sandbox.events(store) for store in stores]
    assert [len(events) for events in held] == [1, 1]


def test_get_caller_identity_names_the_caller(lake):
    """The caller's account is the access key when that is twelve digits, else the sandbox's own."""
    for key, account in (("AKIDOWNER", "111122223333"), (PARTNER, PARTNER)):
        identity = lake.client("sts", key).get_caller_identity()
        assert members(identity) == {"UserId", "Account", "Arn"}
        assert identity["Account"] == account
        assert identity["Arn"].split(":")[4] == account


def test_other_calls_of_sts_are_refused(lake):
    """The sandbox has one call of STS, and does not pretend to others."""
    with pytest.raises(ClientError):
        lake.client("sts").get_session_token()


def pages(call, items, size):
    """All pages of a list, asked for with a page size."""
    token, found = {}, []
    for _ in range(100):
        reply = call(MaxResults=size, **token)
        found.append([item["Name"] for item in reply[items]])
        if "NextToken" not in reply:
            return found
        token = {"NextToken": reply["NextToken"]}
    raise AssertionError("the pages do not end")


LISTS = [("list_channels", "Channels"), ("list_event_data_stores", "EventDataStores")]


@pytest.fixture
def populated(lake):
    """Five stores and five channels."""
    stores = [lake.store(f"store-{n}") for n in range(5)]
    for n, source in enumerate(("Custom", "Snyk", "Clumio", "GitHub", SOURCE)):
        lake.channel(stores[n], f"channel-{n}", source)
    return lake


@pytest.mark.parametrize(("call", "items"), LISTS)
def test_pages_of_one_yield_all_in_a_stable_order(populated, call, items):
    """botocore has no paginator for these two: clients follow NextToken themselves."""
    ask = getattr(populated.trail, call)
    whole = [item["Name"] for item in ask()[items]]
    assert len(whole) == len(set(whole)) == 5
    for size in (1, 2, 5, 1000):
        found = pages(ask, items, size)
        assert [name for page in found for name in page] == whole
        assert all(len(page) == size for page in found[:-1])
        assert 0 < len(found[-1]) <= size


@pytest.mark.parametrize(("call", "items"), LISTS)
def test_a_list_of_nothing_is_one_empty_page(lake, call, items):
    assert pages(getattr(lake.trail, call), items, 1) == [[]]


@pytest.mark.parametrize("call", [call for call, _ in LISTS])
def test_a_page_has_at_most_a_thousand(lake, call):
    """1 to 1000; botocore itself checks the minimum only."""
    with pytest.raises(ClientError):
        getattr(lake.trail, call)(MaxResults=1001)


@pytest.mark.parametrize(("call", "items"), LISTS)
def test_a_page_holds_while_the_list_changes(populated, call, items):
    """What was there before and stays is neither lost nor doubled when something before it goes."""
    ask = getattr(populated.trail, call)
    first = ask(MaxResults=2)
    whole = [item["Name"] for item in ask()[items]]
    [gone] = [item for item in ask()[items] if item["Name"] == whole[0]]
    remove(populated, gone)
    rest, reply = [], first
    while "NextToken" in reply:
        reply = ask(MaxResults=2, NextToken=reply["NextToken"])
        rest += [item["Name"] for item in reply[items]]
    assert rest == whole[2:]


def remove(lake, item):
    """Deletes a channel, or deletes a store for good."""
    if "ChannelArn" in item:
        lake.trail.delete_channel(Channel=item["ChannelArn"])
        return
    store = item["EventDataStoreArn"]
    for channel in lake.trail.list_channels()["Channels"]:
        lake.trail.delete_channel(Channel=channel["ChannelArn"])
    lake.trail.update_event_data_store(EventDataStore=store, TerminationProtectionEnabled=False)
    lake.trail.delete_event_data_store(EventDataStore=store)
    lake.sandbox.advance(days=8)


@pytest.mark.parametrize(("call", "items"), LISTS)
def test_bad_tokens_are_refused(populated, call, items):
    """A made-up token, another list's, another account's, and one used with other parameters."""
    ask = getattr(populated.trail, call)
    refused = pytest.raises(ClientError, match=r"\(InvalidNextTokenException\)")
    token = ask(MaxResults=1)["NextToken"]
    other = {"list_channels": "list_event_data_stores", "list_event_data_stores": "list_channels"}[call]
    for bad in ("1234", "x" * 1000, token[:-4], token + "AAAA", token[::-1]):
        with refused:
            ask(MaxResults=1, NextToken=bad)
    with refused:
        getattr(populated.trail, other)(MaxResults=1, NextToken=token)
    with refused:
        getattr(populated.client(account=PARTNER), call)(MaxResults=1, NextToken=token)
    with refused:
        ask(MaxResults=2, NextToken=token)
    assert ask(MaxResults=1, NextToken=token)[items]


@pytest.mark.parametrize("account_and_region", [(PARTNER, None), ("AKIDOWNER", "eu-west-1")])
def test_accounts_and_regions_see_their_own_only(populated, account_and_region):
    """Stores and channels belong to one account in one Region."""
    account, region = account_and_region
    elsewhere = populated.client(account=account, region=region)
    assert elsewhere.list_channels()["Channels"] == []
    assert elsewhere.list_event_data_stores()["EventDataStores"] == []
    there = populated.trail.list_channels()["Channels"][0]["ChannelArn"]
    with pytest.raises(ClientError):
        elsewhere.get_channel(Channel=there)


@pytest.mark.parametrize("operation", sorted(set(MODEL.operation_names) - set(IMPLEMENTED)))
def test_what_the_sandbox_does_not_have_says_so(lake, operation):
    """Never a stub's success."""
    call = getattr(lake.trail, botocore.xform_name(operation))
    with pytest.raises(lake.trail.exceptions.UnsupportedOperationException) as refused:
        call(**smallest(MODEL.operation_model(operation).input_shape))
    assert refused.value.response["ResponseMetadata"]["HTTPStatusCode"] == 400


def test_the_model_has_the_operations_counted_here():
    """60 in the control plane's model; a newer botocore with more has to be looked at."""
    assert len(MODEL.operation_names) == 60
    assert set(IMPLEMENTED) <= set(MODEL.operation_names)
