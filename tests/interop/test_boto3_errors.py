"""Every modelled error of every operation the sandbox has arrives as boto3's exception of that name.

`REACHED` has a call for each error the sandbox comes to by its own rules, `UNREACHED` the reason for each of the
others; together they are the whole model. Each error is also played by a fault, so that all are seen on the wire.
"""

import botocore
import botocore.session
import pytest
from botocore.exceptions import ClientError
from botocore.config import Config

from lake import (
    ACTIVITY,
    CHANNEL,
    MANAGEMENT,
    SOURCE,
    STRANGER,
    absent,
    entry,
    policy,
    to_stores,
)
from shapes import smallest
from test_boto3 import IMPLEMENTED

SESSION = botocore.session.get_session()
MODELS = {name: SESSION.get_service_model(name) for name in ("cloudtrail", "cloudtrail-data")}
OPERATIONS = {**{name: "cloudtrail" for name in IMPLEMENTED}, "PutAuditEvents": "cloudtrail-data"}

NO_STORE = absent("eventdatastore")
NO_CHANNEL = absent("channel")
BAD_STORE = "arn:aws:cloudtrail:us-east-1:1234:eventdatastore/x"
BAD_CHANNEL = "arn:aws:cloudtrail:us-east-1:1234:channel/x"
DASHBOARD = "arn:aws:cloudtrail:us-east-1:111122223333:dashboard/mine"
TRAIL = "arn:aws:cloudtrail:us-east-1:111122223333:trail/mine"
TAG = [{"Key": "team", "Value": "audit"}]
TWICE = TAG * 2


def tags(count):
    """So many different tags."""
    return [{"Key": f"k{n}", "Value": "v"} for n in range(count)]


def calls(lake, operation):
    """The client's method for an operation."""
    return getattr(lake.client(OPERATIONS[operation]), botocore.xform_name(operation))


def fill(lake):
    """As many stores as an account may have in a Region."""
    for n in range(10):
        lake.store(f"store-{n}")


def unready(lake):
    """A store that has not come to life yet."""
    store = lake.store()
    lake.sandbox.plant(event_data_store={"id": store, "status": "CREATED"})
    return store


def service_linked(lake):
    """A channel that an AWS service made for itself."""
    return lake.sandbox.plant(service_channel={"name": "aws-resource-explorer", "service": "resource-explorer-2"})[
        "channel_arn"
    ]


# Each case sets the scene and returns the arguments of the call that is to fail.
CASES = {}


def case(operation, code):
    """Registers a function that sets the scene of an error."""

    def register(scene):
        assert (operation, code) not in CASES
        CASES[operation, code] = scene
        return scene

    return register


def on(operations, code, scene):
    """Registers one scene for several operations."""
    for operation in operations:
        case(operation, code)(scene)


BY_STORE = ("GetEventDataStore", "UpdateEventDataStore", "DeleteEventDataStore", "RestoreEventDataStore")
BY_CHANNEL = ("GetChannel", "UpdateChannel", "DeleteChannel")
POLICIES = ("PutResourcePolicy", "GetResourcePolicy", "DeleteResourcePolicy")
TAGGING = ("AddTags", "RemoveTags")

# A malformed ARN, and one of nothing: "not valid" and "not found".
on(BY_STORE, "EventDataStoreARNInvalidException", lambda lake: {"EventDataStore": BAD_STORE})
on(BY_STORE, "EventDataStoreNotFoundException", lambda lake: {"EventDataStore": NO_STORE})
on(BY_CHANNEL, "ChannelARNInvalidException", lambda lake: {"Channel": BAD_CHANNEL})
on(BY_CHANNEL, "ChannelNotFoundException", lambda lake: {"Channel": NO_CHANNEL})


# Stores.


def new_store(name="another", **changes):
    return {"Name": name, "MultiRegionEnabled": False, "AdvancedEventSelectors": ACTIVITY, **changes}


@case("CreateEventDataStore", "EventDataStoreAlreadyExistsException")
def name_of_a_store_in_use(lake):
    lake.store("another")
    return new_store()


@case("CreateEventDataStore", "EventDataStoreMaxLimitExceededException")
def eleventh_store(lake):
    fill(lake)
    return new_store()


@case("CreateEventDataStore", "InvalidEventSelectorsException")
def six_selectors(lake):
    return new_store(AdvancedEventSelectors=ACTIVITY * 6)


@case("CreateEventDataStore", "InvalidParameterException")
def retention_over_ten_years(lake):
    return new_store(RetentionPeriod=3654)


@case("CreateEventDataStore", "InvalidTagParameterException")
def a_tag_twice(lake):
    return new_store(TagsList=TWICE)


@case("CreateEventDataStore", "InvalidKmsKeyIdException")
def no_key(lake):
    return new_store(KmsKeyId="no-key")


@case("CreateEventDataStore", "OrganizationsNotInUseException")
def store_of_an_organization(lake):
    return new_store(OrganizationEnabled=True)


@case("CreateEventDataStore", "ThrottlingException")
def throttled_create(lake):
    lake.sandbox.fault("CreateEventDataStore", "throttle")
    return new_store()


@case("ListEventDataStores", "InvalidMaxResultsException")
def page_of_1001(lake):
    return {"MaxResults": 1001}


on(
    ("ListEventDataStores", "ListChannels"),
    "InvalidNextTokenException",
    lambda lake: {"NextToken": "made up"},
)


@case("UpdateEventDataStore", "EventDataStoreAlreadyExistsException")
def rename_to_a_store_that_is(lake):
    lake.store("taken")
    return {"EventDataStore": lake.store(), "Name": "taken"}


@case("UpdateEventDataStore", "InvalidEventSelectorsException")
def from_outside_aws_to_aws(lake):
    return {"EventDataStore": lake.store(), "AdvancedEventSelectors": MANAGEMENT}


@case("UpdateEventDataStore", "InactiveEventDataStoreException")
def update_while_pending(lake):
    return {"EventDataStore": lake.pending(), "RetentionPeriod": 400}


@case("UpdateEventDataStore", "InvalidParameterException")
def update_of_nothing(lake):
    return {"EventDataStore": lake.store()}


@case("UpdateEventDataStore", "InvalidKmsKeyIdException")
def update_to_no_key(lake):
    return {"EventDataStore": lake.store(), "KmsKeyId": "no-key"}


@case("UpdateEventDataStore", "OrganizationsNotInUseException")
def update_to_an_organization(lake):
    return {"EventDataStore": lake.store(), "OrganizationEnabled": True}


@case("UpdateEventDataStore", "ConflictException")
def update_too_early(lake):
    return {"EventDataStore": unready(lake), "RetentionPeriod": 400}


@case("UpdateEventDataStore", "ThrottlingException")
def throttled_update(lake):
    lake.sandbox.fault("UpdateEventDataStore", "throttle")
    return {"EventDataStore": lake.store(), "RetentionPeriod": 400}


@case("DeleteEventDataStore", "EventDataStoreTerminationProtectedException")
def delete_while_protected(lake):
    return {"EventDataStore": lake.store()}


@case("DeleteEventDataStore", "ChannelExistsForEDSException")
def delete_while_a_channel_delivers(lake):
    store = lake.store(TerminationProtectionEnabled=False)
    lake.channel(store)
    return {"EventDataStore": store}


@case("DeleteEventDataStore", "InactiveEventDataStoreException")
def delete_twice(lake):
    return {"EventDataStore": lake.pending()}


@case("DeleteEventDataStore", "EventDataStoreFederationEnabledException")
def delete_while_federated(lake):
    store = lake.store(TerminationProtectionEnabled=False)
    lake.sandbox.plant(event_data_store={"id": store, "federation_status": "ENABLED"})
    return {"EventDataStore": store}


@case("DeleteEventDataStore", "ConflictException")
def delete_too_early(lake):
    store = unready(lake)
    lake.sandbox.plant(event_data_store={"id": store, "termination_protection_enabled": False})
    return {"EventDataStore": store}


@case("RestoreEventDataStore", "InvalidEventDataStoreStatusException")
def restore_what_lives(lake):
    return {"EventDataStore": lake.store()}


# Channels.


def new_channel(lake, store=None, **changes):
    destinations = to_stores(store or lake.store())
    return {"Name": CHANNEL, "Source": SOURCE, "Destinations": destinations, **changes}


@case("CreateChannel", "InvalidSourceException")
def source_of_nobody(lake):
    return new_channel(lake, Source="NoSuchPartner")


@case("CreateChannel", "ChannelAlreadyExistsException")
def name_of_a_channel_in_use(lake):
    store = lake.store()
    lake.channel(store, source="Custom")
    return new_channel(lake, store)


@case("CreateChannel", "InvalidParameterException")
def name_with_a_space(lake):
    return new_channel(lake, Name="a channel")


@case("CreateChannel", "InvalidTagParameterException")
def a_channels_tag_twice(lake):
    return new_channel(lake, Tags=TWICE)


@case("CreateChannel", "TagsLimitExceededException")
def channel_with_51_tags(lake):
    return new_channel(lake, Tags=tags(51))


def into(lake, operation, store):
    """Arguments that make a channel deliver to a store."""
    if operation == "CreateChannel":
        return new_channel(lake, store)
    return {"Channel": lake.channel(lake.store("fit")), "Destinations": to_stores(store)}


for name in ("CreateChannel", "UpdateChannel"):
    case(name, "EventDataStoreARNInvalidException")(lambda lake, name=name: into(lake, name, BAD_STORE))
    case(name, "EventDataStoreNotFoundException")(lambda lake, name=name: into(lake, name, NO_STORE))
    case(name, "InactiveEventDataStoreException")(lambda lake, name=name: into(lake, name, lake.pending()))
    case(name, "InvalidEventDataStoreCategoryException")(
        lambda lake, name=name: into(lake, name, lake.store("wrong", AdvancedEventSelectors=MANAGEMENT))
    )


@case("UpdateChannel", "ChannelAlreadyExistsException")
def rename_to_a_channel_that_is(lake):
    store = lake.store()
    lake.channel(store, "taken", "Custom")
    return {"Channel": lake.channel(store), "Name": "taken"}


@case("UpdateChannel", "InvalidParameterException")
def update_of_no_member(lake):
    return {"Channel": lake.channel()}


@case("UpdateChannel", "OperationNotPermittedException")
def update_of_a_services_channel(lake):
    return {"Channel": service_linked(lake), "Name": "mine"}


@case("DeleteChannel", "OperationNotPermittedException")
def delete_of_a_services_channel(lake):
    return {"Channel": service_linked(lake)}


# Policies.


def about(operation, arn):
    """Arguments of a call about a resource's policy."""
    document = {"ResourcePolicy": "{}"} if operation == "PutResourcePolicy" else {}
    return {"ResourceArn": arn, **document}


for name in POLICIES:
    case(name, "ResourceARNNotValidException")(lambda lake, name=name: about(name, "no-arn"))
    case(name, "ResourceNotFoundException")(lambda lake, name=name: about(name, NO_CHANNEL))
    case(name, "ResourceTypeNotSupportedException")(lambda lake, name=name: about(name, TRAIL))

on(
    ("GetResourcePolicy", "DeleteResourcePolicy"),
    "ResourcePolicyNotFoundException",
    lambda lake: {"ResourceArn": lake.channel()},
)


@case("PutResourcePolicy", "ResourcePolicyNotValidException")
def policy_that_is_none(lake):
    return {"ResourceArn": lake.channel(), "ResourcePolicy": "{}"}


# Tags.

on(TAGGING, "CloudTrailARNInvalidException", lambda lake: {"ResourceId": "no-arn", "TagsList": TAG})
on(TAGGING, "EventDataStoreARNInvalidException", lambda lake: {"ResourceId": BAD_STORE, "TagsList": TAG})
on(TAGGING, "ChannelARNInvalidException", lambda lake: {"ResourceId": BAD_CHANNEL, "TagsList": TAG})
on(TAGGING, "ResourceTypeNotSupportedException", lambda lake: {"ResourceId": DASHBOARD, "TagsList": TAG})
on(TAGGING, "ResourceNotFoundException", lambda lake: {"ResourceId": TRAIL, "TagsList": TAG})
on(TAGGING, "EventDataStoreNotFoundException", lambda lake: {"ResourceId": NO_STORE, "TagsList": TAG})
on(TAGGING, "ChannelNotFoundException", lambda lake: {"ResourceId": NO_CHANNEL, "TagsList": TAG})
on(TAGGING, "InvalidTagParameterException", lambda lake: {"ResourceId": lake.store(), "TagsList": TWICE})
on(TAGGING, "InactiveEventDataStoreException", lambda lake: {"ResourceId": lake.pending(), "TagsList": TAG})


@case("AddTags", "TagsLimitExceededException")
def tag_51(lake):
    store = lake.store(TagsList=tags(50))
    return {"ResourceId": store, "TagsList": TAG}


case("ListTags", "CloudTrailARNInvalidException")(lambda lake: {"ResourceIdList": ["no-arn"]})
case("ListTags", "EventDataStoreARNInvalidException")(lambda lake: {"ResourceIdList": [BAD_STORE]})
case("ListTags", "ChannelARNInvalidException")(lambda lake: {"ResourceIdList": [BAD_CHANNEL]})
case("ListTags", "ResourceTypeNotSupportedException")(lambda lake: {"ResourceIdList": [DASHBOARD]})
case("ListTags", "EventDataStoreNotFoundException")(lambda lake: {"ResourceIdList": [NO_STORE]})
case("ListTags", "ResourceNotFoundException")(lambda lake: {"ResourceIdList": [NO_CHANNEL]})
case("ListTags", "InactiveEventDataStoreException")(lambda lake: {"ResourceIdList": [lake.pending()]})


@case("ListTags", "InvalidTokenException")
def token_for_tags(lake):
    return {"ResourceIdList": [lake.store()], "NextToken": "reserved"}


# Events.


def put(channel, *entries, **more):
    return {"channelArn": channel, "auditEvents": list(entries) or [entry()], **more}


case("PutAuditEvents", "InvalidChannelARN")(lambda lake: put(BAD_CHANNEL))
case("PutAuditEvents", "ChannelNotFound")(lambda lake: put(NO_CHANNEL))
case("PutAuditEvents", "DuplicatedAuditEventId")(lambda lake: put(lake.channel(), entry(), entry()))


@case("PutAuditEvents", "ChannelInsufficientPermission")
def owner_denied(lake):
    channel = lake.channel()
    lake.let_in(channel, policy(channel, None, [lake.sandbox.account], "Deny"))
    return put(channel)


# Queries.

NO_QUERY = "00000000-0000-4000-8000-000000000000"
ON_QUERY = ("DescribeQuery", "GetQueryResults", "CancelQuery")


def sql(store):
    """A statement over a store."""
    return f"SELECT eventID FROM {store.rsplit('/', 1)[-1]}"


def started(lake):
    """A query, and the store it reads."""
    store = lake.store()
    return {"QueryId": lake.trail.start_query(QueryStatement=sql(store))["QueryId"]}, store


def delivered_to(uri):
    """Sets the scene of a query whose results are to go to S3."""
    return lambda lake: {"QueryStatement": sql(lake.store()), "DeliveryS3Uri": uri}


on(ON_QUERY, "EventDataStoreARNInvalidException", lambda lake: {"QueryId": NO_QUERY, "EventDataStore": BAD_STORE})
case("ListQueries", "EventDataStoreARNInvalidException")(lambda lake: {"EventDataStore": BAD_STORE})
on(ON_QUERY, "EventDataStoreNotFoundException", lambda lake: {"QueryId": NO_QUERY, "EventDataStore": NO_STORE})
case("ListQueries", "EventDataStoreNotFoundException")(lambda lake: {"EventDataStore": NO_STORE})
on(ON_QUERY, "QueryIdNotFoundException", lambda lake: {"QueryId": NO_QUERY})
on(ON_QUERY, "InvalidParameterException", lambda lake: {"QueryId": "x" * 36})
on(
    ON_QUERY,
    "OperationNotPermittedException",
    lambda lake: {"QueryId": NO_QUERY, "EventDataStoreOwnerAccountId": STRANGER},
)
case("StartQuery", "OperationNotPermittedException")(
    lambda lake: {"QueryStatement": sql(lake.store()), "EventDataStoreOwnerAccountId": STRANGER}
)
case("StartQuery", "InvalidParameterException")(lambda lake: {"QueryStatement": " " * 10_001})
case("StartQuery", "InvalidQueryStatementException")(lambda lake: {"QueryStatement": "DROP TABLE x"})
case("StartQuery", "EventDataStoreNotFoundException")(lambda lake: {"QueryStatement": sql(NO_STORE)})
case("StartQuery", "InactiveEventDataStoreException")(lambda lake: {"QueryStatement": sql(lake.pending())})
case("StartQuery", "S3BucketDoesNotExistException")(delivered_to("s3://my-bucket/prefix"))
case("StartQuery", "InvalidS3BucketNameException")(delivered_to("s3://My-Bucket/prefix"))
case("StartQuery", "UnsupportedOperationException")(lambda lake: {"QueryAlias": "of-a-dashboard"})
case("DescribeQuery", "UnsupportedOperationException")(lambda lake: {"QueryAlias": "of-a-dashboard"})
case("GetQueryResults", "InvalidMaxResultsException")(lambda lake: {**started(lake)[0], "MaxQueryResults": 1001})
case("GetQueryResults", "InvalidNextTokenException")(lambda lake: {**started(lake)[0], "NextToken": "nonsense"})
case("CancelQuery", "InactiveQueryException")(lambda lake: started(lake)[0])


@case("StartQuery", "MaxConcurrentQueriesException")
def eleventh_query(lake):
    store = lake.store()
    lake.sandbox.control("POST", "queries", {"status": "FINISHED", "looks": 1, "times": 0})
    for _ in range(10):
        lake.trail.start_query(QueryStatement=sql(store))
    return {"QueryStatement": sql(store)}


@case("ListQueries", "InactiveEventDataStoreException")
def queries_of_a_deleted_store(lake):
    return {"EventDataStore": lake.pending()}


def query_of_a_deleted_store(lake):
    query, store = started(lake)
    lake.sandbox.plant(event_data_store={"id": store, "status": "PENDING_DELETION"})
    return query


on(ON_QUERY, "InactiveEventDataStoreException", query_of_a_deleted_store)


def listing(code, **parameters):
    """Registers a listing of queries that is refused."""
    case("ListQueries", code)(lambda lake: {"EventDataStore": lake.store(), **parameters})


listing("InvalidMaxResultsException", MaxResults=1001)
listing("InvalidNextTokenException", NextToken="nonsense")
listing("InvalidQueryStatusException", QueryStatus="DONE")
listing("InvalidDateRangeException", StartTime=1_795_176_000, EndTime=1_795_175_999)


ORGANIZATIONS = "the sandbox has no organizations, and says OrganizationsNotInUse to whoever asks for one"
KEYS = "the sandbox has no keys; it looks at a key's form only"
UNREACHED = {
    "UnsupportedOperationException": "the sandbox has the operation",
    "OperationNotPermittedException": "nothing documented leads there, but for service-linked channels and foreign owners",
    "CloudTrailAccessNotEnabledException": ORGANIZATIONS,
    "InsufficientDependencyServiceAccessPermissionException": ORGANIZATIONS,
    "NotOrganizationMasterAccountException": ORGANIZATIONS,
    "OrganizationsNotInUseException": "only what asks for an organization gets there",
    "OrganizationNotInAllFeaturesModeException": ORGANIZATIONS,
    "NoManagementAccountSLRExistsException": ORGANIZATIONS,
    "InsufficientEncryptionPolicyException": KEYS,
    "KmsKeyNotFoundException": KEYS,
    "KmsException": KEYS,
    "InvalidInsightSelectorsException": "the sandbox has no Insights",
    "EventDataStoreHasOngoingImportException": "the sandbox has no imports",
    "InvalidTrailNameException": "the sandbox has no trails",
    "ConflictException": "the sandbox does one thing at a time, and only stores take time to come to life",
    "EventDataStoreMaxLimitExceededException": "a store pending deletion counts, so there is always room to restore it",
    "ChannelMaxLimitExceededException": "there are fewer sources than channels allowed; see the test with more sources",
    "InvalidParameterException": "a store's ARN or ID is judged by its own two errors",
    "InvalidS3PrefixException": "the sandbox has no S3, and every bucket is one that does not exist",
    "InsufficientS3BucketPolicyException": "the sandbox has no S3, and every bucket is one that does not exist",
    "EventDataStoreARNInvalidException": "a statement names a store by its ID; what is no ID is no valid statement",
    "ChannelUnsupportedSchema": "its cause is not documented",
}


def modelled():
    """Each operation the sandbox has with each error of its model."""
    for operation, service in OPERATIONS.items():
        for shape in MODELS[service].operation_model(operation).error_shapes:
            yield operation, shape.name


def test_the_tables_are_the_whole_model():
    """Each modelled error is reached or has its reason; nothing in the tables is not in the model."""
    pairs = set(modelled())
    assert set(CASES) <= pairs
    missing = {(operation, code) for operation, code in pairs - set(CASES) if code not in UNREACHED}
    assert missing == set()
    assert set(UNREACHED) <= {code for _, code in pairs - set(CASES)}


def refused_as(lake, operation, code, arguments):
    """Makes the call, which must be refused with exactly that modelled exception."""
    client = lake.client(OPERATIONS[operation])
    expected = getattr(client.exceptions, code)
    with pytest.raises(expected) as refused:
        calls(lake, operation)(**arguments)
    assert type(refused.value) is expected
    assert refused.value.operation_name == operation
    assert refused.value.response["Error"]["Code"] == code
    assert refused.value.response["ResponseMetadata"]["HTTPStatusCode"] == 400


@pytest.mark.parametrize(("operation", "code"), list(CASES))
def test_an_error_arrives_as_its_exception(lake, operation, code):
    arguments = CASES[operation, code](lake)
    refused_as(lake, operation, code, arguments)


@pytest.mark.parametrize(("operation", "code"), list(modelled()))
def test_a_played_error_arrives_as_its_exception(lake, operation, code):
    """Those the sandbox does not come to by itself can be played by a fault."""
    lake.sandbox.fault(operation, "error", status=400, code=code, message="played")
    shape = MODELS[OPERATIONS[operation]].operation_model(operation).input_shape
    refused_as(lake, operation, code, smallest(shape))


def test_a_refused_change_changes_nothing(lake):
    """A refused create leaves no store, a refused request stores no event."""
    channel = lake.channel()
    with pytest.raises(ClientError):
        lake.send(channel, entry("one"), entry("two"), entry("one"))
    with pytest.raises(ClientError):
        lake.trail.create_event_data_store(**new_store(RetentionPeriod=3654))
    assert lake.sandbox.events() == []
    assert len(lake.trail.list_event_data_stores()["EventDataStores"]) == 1


def test_the_channel_limit(lake_with):
    """25 integration channels; service-linked ones do not count.

    https://docs.aws.amazon.com/awscloudtrail/latest/userguide/WhatIsCloudTrail-Limits.html
    """
    sources = [f"Partner{n}" for n in range(26)]
    lake = lake_with("--sources", ",".join(sources))
    store = lake.store()
    service_linked(lake)
    for n in range(25):
        lake.channel(store, f"channel-{n}", sources[n])
    with pytest.raises(lake.trail.exceptions.ChannelMaxLimitExceededException):
        lake.channel(store, "channel-25", sources[25])


def test_the_second_channel_of_a_source(lake):
    """At most one channel per source; Custom is no exception."""
    store = lake.store()
    for source in (SOURCE, "Custom"):
        lake.channel(store, f"first-{source}", source)
        with pytest.raises(lake.trail.exceptions.ChannelAlreadyExistsException):
            lake.channel(store, f"second-{source}", source)


def test_the_sources_aws_publishes(lake):
    """Custom and the fifteen partners of AWS's table are sources; the scripts' NordcloudKlarity is none.

    https://docs.aws.amazon.com/awscloudtrail/latest/userguide/query-event-data-store-integration.html
    """
    partners = """CloudStorageSecurityConsole Clumio CrowdStrike CyberArk GitHub KongGatewayEnterprise LaunchDarkly
        NetskopeCloudExchange IBMMulticloud MontyCloud OktaSystemLogEvents OneLogin Shoreline Snyk WizAuditLogs"""
    store = lake.store()
    for source in ["Custom", *partners.split()]:
        lake.channel(store, f"of-{source}", source)
    with pytest.raises(lake.trail.exceptions.InvalidSourceException):
        lake.channel(store, "klarity", "NordcloudKlarity")


def test_the_sources_can_be_others(lake_with):
    """So that the fallback to the scripts' source can be tried."""
    lake = lake_with("--sources", "Custom,NordcloudKlarity")
    store = lake.store()
    with pytest.raises(lake.trail.exceptions.InvalidSourceException):
        lake.channel(store)
    assert lake.channel(store, source="NordcloudKlarity")


def test_closed_to_new_customers(lake_with):
    """The answer an account without Lake has got since 31 May 2026, word for word.

    https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-lake-service-availability-change.html
    """
    lake = lake_with("--closed-to-new-customers")
    with pytest.raises(lake.trail.exceptions.InvalidParameterException) as refused:
        lake.store()
    assert refused.value.response["Error"]["Message"] == (
        "CloudTrail Lake is no longer accepting new customers. "
        "Existing customers can continue to use their event data stores."
    )
    assert lake.trail.list_event_data_stores()["EventDataStores"] == []


@pytest.mark.parametrize("kind", ["multi_region_enabled", "organization_enabled"])
def test_a_store_of_all_regions_or_of_an_organization_takes_no_channel(lake, kind):
    """Integrations need a store of one Region and one account; which error says so is not documented."""
    store = lake.store()
    lake.sandbox.plant(event_data_store={"id": store, kind: True})
    with pytest.raises(ClientError):
        lake.channel(store)
    assert lake.trail.list_channels()["Channels"] == []


@pytest.mark.parametrize(
    "change",
    [
        {"Action": ["cloudtrail-data:*"]},
        {"Action": ["cloudtrail:StartQuery"]},
        {"Resource": ["*"]},
        {"Resource": [NO_CHANNEL]},
        {"Principal": {"AWS": []}},
        {"Principal": {"AWS": [f"arn:aws:iam::{n:012}:root" for n in range(51)]}},
        {"Principal": {"AWS": ["AIDAJQABLZS4A3QDU576Q"]}},
        {"Principal": {"AWS": ["not a principal"]}},
        {"Effect": "Maybe"},
    ],
    ids=lambda change: next(iter(change)),
)
def test_a_channels_policy_has_rules(lake, change):
    """One action, the channel itself, 1 to 50 principals that exist.

    https://docs.aws.amazon.com/awscloudtrail/latest/userguide/security_iam_resource-based-policy-examples.html
    """
    channel = lake.channel()
    document = policy(channel)
    document["Statement"][0].update(change)
    with pytest.raises(lake.trail.exceptions.ResourcePolicyNotValidException):
        lake.let_in(channel, document)


def test_a_channels_policy_has_at_most_twenty_statements(lake):
    channel = lake.channel()
    document = policy(channel, None)
    [statement] = document["Statement"]
    del statement["Sid"]
    document["Statement"] = [statement] * 20
    lake.let_in(channel, document)
    document["Statement"] = [statement] * 21
    with pytest.raises(lake.trail.exceptions.ResourcePolicyNotValidException):
        lake.let_in(channel, document)


def test_a_channels_policy_has_at_most_8192_characters(lake):
    """Which of two errors is not documented."""
    channel = lake.channel()
    document = policy(channel, principals=[f"{n:012}" for n in range(1, 51)])
    document["Statement"] = [{**document["Statement"][0], "Sid": f"S{n}"} for n in range(5)]
    with pytest.raises(ClientError):
        lake.let_in(channel, document)


def test_an_unsigned_request_is_refused(lake):
    """The sandbox checks no signature, but there has to be one."""
    client = lake.client()
    session = botocore.session.Session()
    unsigned = session.create_client(
        "cloudtrail",
        region_name="us-east-1",
        endpoint_url=client.meta.endpoint_url,
        config=Config(signature_version=botocore.UNSIGNED, retries={"total_max_attempts": 1}),
    )
    with pytest.raises(ClientError) as refused:
        unsigned.list_channels()
    assert refused.value.response["ResponseMetadata"]["HTTPStatusCode"] == 403


def test_the_channel_of_another_region_is_not_found(lake):
    """The usual cause of ChannelNotFound: the endpoint is another Region's than the channel's. Its text is known."""
    channel = lake.channel()
    elsewhere = lake.client("cloudtrail-data", region="eu-central-1")
    with pytest.raises(elsewhere.exceptions.ChannelNotFound) as refused:
        elsewhere.put_audit_events(channelArn=channel, auditEvents=[entry()])
    assert refused.value.response["Error"]["Message"] == f"The channel {channel} could not be found."


@pytest.mark.parametrize("external_id", ["x" * 1225, "a b", "a;b", "ü1"])
def test_an_external_id_outside_its_pattern_is_refused(lake, external_id):
    """2 to 1224 of letters, digits and _+=,.@:/-; botocore itself checks the minimum only."""
    with pytest.raises(ClientError):
        lake.send(lake.channel(), externalId=external_id)


