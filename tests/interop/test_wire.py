"""What `ctl` puts on the wire for each operation is what the AWS CLI puts there for the same request.

A proxy of the tests' own stands between the programs and the sandbox. `ctl` plays an integration's life through it;
then the AWS CLI is told to make the same request, in its own words, and the two are compared, parsed.
"""

import json

import pytest

from lake import ACTIVITY, CHANNEL, PARTNER, SOURCE, STORE, checksum, event, policy, to_stores
from programs import Operator
from proxy import Proxy
from sandbox import Sandbox

REGION = "eu-west-1"
SECOND = "second-ds"
# Every sign its pattern allows, among them those a query string has to escape.
EXTERNAL_ID = "ext+47=11,a.b@c:d/e-f_G"
UID = "5f1d7f0a-4f0e-4c59-a3f5-2f1f0f6b7a11"

LIFE = {
    "enable": ["enable", "--partner", "nordcloud", "--external-id", EXTERNAL_ID, "--tag", "team=audit", "--yes"],
    "change": [
        *("enable", "--partner", "nordcloud", "--tag", "stage=prod", "--retention-days", "400"),
        *("--event-data-store", STORE, "--event-data-store", SECOND, "--yes"),
    ],
    "status": ["status"],
    "send": ["send", "--channel", "nordcloud", "--external-id", EXTERNAL_ID, "-"],
    "send plain": ["send", "--channel", "nordcloud", "-"],
    "lock out": ["disable", "nordcloud", "--keep-channel", "--yes"],
    "disable": ["disable", "nordcloud", "--delete-store", STORE, "--yes"],
    "restore": ["enable", "--partner", "nordcloud", "--external-id", EXTERNAL_ID, "--restore", "--yes"],
}


def event_data():
    """An event in a spelling of its own: escapes, spaces, number literals and letters that have to stay as they are."""
    plain = json.dumps(event(UID=UID))
    extra = r'"additionalEventData": {"a":1.50,  "b":"\u00e9 é \" \\ \/ \t", "c":[1e3,null]}'
    return plain[:-1] + ", " + extra + "}"


class Recording:
    """A life of an integration, with the requests of each step."""

    def __init__(self, proxy):
        self.proxy = proxy
        self.operator = Operator(proxy.endpoint, region=REGION)
        self.data = event_data()
        self.steps, self.ended = {}, {}
        for step, arguments in LIFE.items():
            self.ended[step] = self.operator.ctl(*arguments, "-o", "json", stdin=self.data)
            self.steps[step] = proxy.take()
        enabled = self.ended["enable"].ok().json["integration"]
        self.channel = enabled["channel_arn"]
        self.store = enabled["event_data_stores"][0]["arn"]
        changed = self.ended["change"].ok().json["integration"]["event_data_stores"]
        [self.second] = [store["arn"] for store in changed if store["name"] == SECOND]

    def made(self, step, operation):
        """The first request of that operation in a step."""
        found = [request for request in self.steps[step] if request.operation == operation]
        assert found, f"no {operation} in {step}: {self.ended[step]}"
        return found[0]

    def asked(self, *arguments):
        """The one request the AWS CLI makes; how it is answered does not matter here."""
        self.proxy.take()
        ended = self.operator.aws(*arguments)
        requests = self.proxy.take()
        assert len(requests) == 1, ended
        return requests[0]


@pytest.fixture(scope="module")
def recording():
    with Sandbox() as sandbox, Proxy(sandbox.host) as proxy:
        yield Recording(proxy)


def trail(operation, *arguments):
    """An operation of the control plane in the CLI's words."""
    return ["cloudtrail", operation, *arguments]


def entry(recording):
    """The entry ctl makes of the event: the UID as its id, and always a checksum."""
    return [{"id": UID, "eventData": recording.data, "eventDataChecksum": checksum(recording.data)}]


def put(recording, *more):
    events = json.dumps(entry(recording))
    return [
        *("cloudtrail-data", "put-audit-events", "--channel-arn", recording.channel),
        *("--audit-events", events, *more),
    ]


# The step of ctl's, its operation, and the same request in the words of the AWS CLI.
SAME = [
    ("enable", "GetCallerIdentity", lambda r: ["sts", "get-caller-identity"]),
    ("enable", "ListChannels", lambda r: trail("list-channels")),
    ("enable", "ListEventDataStores", lambda r: trail("list-event-data-stores")),
    (
        "enable",
        "CreateEventDataStore",
        lambda r: trail(
            *("create-event-data-store", "--name", STORE, "--no-multi-region-enabled"),
            *("--no-organization-enabled", "--termination-protection-enabled", "--retention-period", "366"),
            *("--billing-mode", "EXTENDABLE_RETENTION_PRICING", "--tags-list", "Key=team,Value=audit"),
            *("--advanced-event-selectors", json.dumps(ACTIVITY)),
        ),
    ),
    ("enable", "GetEventDataStore", lambda r: trail("get-event-data-store", "--event-data-store", r.store)),
    (
        "enable",
        "CreateChannel",
        lambda r: trail(
            *("create-channel", "--name", CHANNEL, "--source", SOURCE, "--tags", "Key=team,Value=audit"),
            *("--destinations", json.dumps(to_stores(r.store))),
        ),
    ),
    (
        "enable",
        "PutResourcePolicy",
        lambda r: trail(
            *("put-resource-policy", "--resource-arn", r.channel),
            *("--resource-policy", json.dumps(policy(r.channel, EXTERNAL_ID, [PARTNER]))),
        ),
    ),
    ("enable", "GetChannel", lambda r: trail("get-channel", "--channel", r.channel)),
    ("enable", "GetResourcePolicy", lambda r: trail("get-resource-policy", "--resource-arn", r.channel)),
    ("change", "ListTags", lambda r: trail("list-tags", "--resource-id-list", r.channel, r.store)),
    (
        "change",
        "UpdateEventDataStore",
        lambda r: trail(
            *("update-event-data-store", "--event-data-store", r.store, "--retention-period", "400"),
        ),
    ),
    (
        "change",
        "UpdateChannel",
        lambda r: trail(
            *("update-channel", "--channel", r.channel),
            *("--destinations", json.dumps(to_stores(r.store, r.second))),
        ),
    ),
    (
        "change",
        "AddTags",
        lambda r: trail("add-tags", "--resource-id", r.store, "--tags-list", "Key=stage,Value=prod"),
    ),
    ("send", "PutAuditEvents", lambda r: put(r, "--external-id", EXTERNAL_ID)),
    ("send plain", "PutAuditEvents", put),
    ("lock out", "DeleteResourcePolicy", lambda r: trail("delete-resource-policy", "--resource-arn", r.channel)),
    ("disable", "DeleteChannel", lambda r: trail("delete-channel", "--channel", r.channel)),
    (
        "disable",
        "UpdateEventDataStore",
        lambda r: trail(
            *("update-event-data-store", "--event-data-store", r.store, "--no-termination-protection-enabled"),
        ),
    ),
    ("disable", "DeleteEventDataStore", lambda r: trail("delete-event-data-store", "--event-data-store", r.store)),
    ("restore", "RestoreEventDataStore", lambda r: trail("restore-event-data-store", "--event-data-store", r.store)),
]
SERVICES = {"PutAuditEvents": "cloudtrail-data", "GetCallerIdentity": "sts"}


def read_policy(request):
    """The document inside the request of PutResourcePolicy, for spaces in it mean nothing."""
    body = dict(request.body)
    return {**body, "ResourcePolicy": json.loads(body["ResourcePolicy"])}


@pytest.mark.parametrize(
    ("step", "operation", "arguments"), SAME, ids=[f"{operation}-{step}" for step, operation, _ in SAME]
)
def test_the_same_request_is_the_same_on_the_wire(recording, step, operation, arguments):
    """Method, path, decoded query, operation, content type, signing service and Region, and the body as values."""
    ours, theirs = recording.made(step, operation), recording.asked(*arguments(recording))
    if operation == "PutResourcePolicy":
        ours.body, theirs.body = read_policy(ours), read_policy(theirs)
    assert ours == theirs
    assert ours.operation == operation
    assert ours.scope == (SERVICES.get(operation, "cloudtrail"), REGION)


@pytest.mark.parametrize("step", LIFE)
def test_each_step_of_the_life_succeeds(recording, step):
    """Else the comparison would be about requests that do not work."""
    recording.ended[step].ok()


def test_no_operation_goes_uncompared(recording):
    """Whatever ctl puts on the wire in these steps is among the operations compared."""
    made = {request.operation for requests in recording.steps.values() for request in requests}
    assert made <= {operation for _, operation, _ in SAME}


def test_every_request_is_signed(recording):
    """Signed as AWS wants it."""
    for requests in recording.steps.values():
        for request in requests:
            assert request.scope, request
            assert "SignedHeaders=" in request.headers["authorization"]
            assert "x-amz-date" in request.headers
