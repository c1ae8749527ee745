"""The old scripts' sequence with the AWS CLI makes the same integration as one `ctl enable`."""

import json
import re

import pytest

from lake import ACTIVITY, CHANNEL, EXTERNAL_ID, PARTNER, SOURCE, STORE, entry, event, policy, to_stores
from lake import Lake
from programs import Operator
from sandbox import Sandbox

UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z")


class Scene:
    """A fresh sandbox, and an operator in front of it."""

    def __init__(self, *options):
        self.sandbox = Sandbox(*options)
        self.lake = Lake(self.sandbox)
        self.operator = Operator(self.sandbox.endpoint)
        self.partner = Operator(self.sandbox.endpoint, account=PARTNER)
        self.ctl, self.aws = self.operator.ctl, self.operator.aws

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.sandbox.__exit__()

    def status(self):
        return self.ctl("status", "-o", "json").ok().json

    def channel_arn(self):
        return self.status()["integrations"][0]["channel_arn"]


def scripts(scene, source=SOURCE, retention=366, selectors=ACTIVITY):
    """The three calls of the scripts; returns the channel's ARN."""
    store = scene.aws(
        *("cloudtrail", "create-event-data-store", "--name", STORE, "--no-multi-region-enabled"),
        *("--retention-period", str(retention), "--advanced-event-selectors", json.dumps(selectors)),
    )
    store = store.ok().json["EventDataStoreArn"]
    channel = scene.aws(
        *("cloudtrail", "create-channel", "--name", CHANNEL, "--source", source),
        *("--destinations", json.dumps(to_stores(store))),
    )
    channel = channel.ok().json["ChannelArn"]
    scene.aws(
        *("cloudtrail", "put-resource-policy", "--resource-arn", channel),
        *("--resource-policy", json.dumps(policy(channel))),
    ).ok()
    return channel


@pytest.fixture(scope="module")
def by_scripts():
    """An integration made by the scripts."""
    with Scene() as scene:
        scripts(scene)
        yield scene


@pytest.fixture(scope="module")
def by_ctl():
    """An integration made by ctl."""
    with Scene() as scene:
        scene.enabled = scene.ctl(
            *("enable", "--partner", "nordcloud", "--external-id", EXTERNAL_ID, "--yes", "-o", "json")
        ).ok()
        yield scene


def alike(document):
    """A document without what two runs never share: ids and times."""
    return json.loads(TIME.sub("TIME", UUID.sub("ID", json.dumps(document))))


def test_status_shows_the_same_integration(by_scripts, by_ctl):
    """Equal but for ARNs, whoever made it."""
    made_by_scripts, made_by_ctl = by_scripts.status(), by_ctl.status()
    assert alike(made_by_scripts) == alike(made_by_ctl)
    [integration] = made_by_ctl["integrations"]
    assert (integration["name"], integration["partner"]) == (CHANNEL, "nordcloud")


def test_the_service_holds_the_same_integration(by_scripts, by_ctl):
    """The second witness: what the service itself says about store, channel and policy."""
    held = [alike(described(scene)) for scene in (by_scripts, by_ctl)]
    assert held[0] == held[1]


def described(scene):
    """Store, channel and policy as the AWS CLI prints them; the policy parsed."""
    channel = scene.channel_arn()
    shown = scene.aws("cloudtrail", "get-channel", "--channel", channel).ok().json
    shown.pop("IngestionStatus", None)
    [destination] = shown["Destinations"]
    store = scene.lake.trail.get_event_data_store(EventDataStore=destination["Location"])
    held = scene.lake.trail.get_resource_policy(ResourceArn=channel)["ResourcePolicy"]
    times = ("CreatedTimestamp", "UpdatedTimestamp", "ResponseMetadata")
    store = {name: value for name, value in store.items() if name not in times}
    return {"channel": shown, "store": store, "policy": json.loads(held)}


def test_status_finds_the_scripts_integration_healthy(by_scripts):
    """Nothing to find fault with; the partner, its account and its external ID are known for what they are."""
    [integration] = by_scripts.ctl("status", "-o", "json", "--exit-code").ok().json["integrations"]
    assert integration["source"] == SOURCE
    assert integration["findings"] == []
    assert integration["policy"] == {
        "attached": True,
        "principals": [f"arn:aws:iam::{PARTNER}:root"],
        "external_id": "set",
        "statements": 1,
    }
    [store] = integration["event_data_stores"]
    assert (store["name"], store["status"], store["retention_days"]) == (STORE, "ENABLED", 366)
    assert store["termination_protection"] is True


WRITES = ("Create", "Update", "Delete", "Put", "Restore", "Add", "Remove")


@pytest.mark.parametrize("external_id", [["--external-id", EXTERNAL_ID], []], ids=["with", "without"])
def test_enable_over_the_scripts_integration_changes_nothing(by_scripts, external_id):
    """And makes no call that could, whether the external ID is given again or not."""
    before = len(by_scripts.sandbox.seen())
    enabled = by_scripts.ctl("enable", "--partner", "nordcloud", *external_id, "--yes", "-o", "json").ok().json
    assert enabled["changed"] is False
    assert {step["action"] for step in enabled["steps"]} == {"keep"}
    made = [seen["operation"] for seen in by_scripts.sandbox.seen()[before:]]
    assert made and not [operation for operation in made if operation.startswith(WRITES)]


def test_the_first_enable_says_what_it_changed(by_ctl):
    enabled = by_ctl.enabled.json
    assert enabled["changed"] is True
    created = [step["resource"] for step in enabled["steps"] if step["action"] == "create"]
    assert created == ["event_data_store", "channel", "resource_policy"]


def test_no_external_id_is_printed(by_ctl):
    """Neither by enable nor by status."""
    status = by_ctl.ctl("status", "-o", "json", "-v")
    for text in (by_ctl.enabled.out, by_ctl.enabled.err, status.out, status.err):
        assert EXTERNAL_ID not in text


def put_audit_events(operator, channel, sent, external_id=None):
    """Sends one entry with the AWS CLI, as the scripts do."""
    more = ("--external-id", external_id) if external_id else ()
    entries = ("--audit-events", json.dumps([sent]))
    return operator.aws("cloudtrail-data", "put-audit-events", "--channel-arn", channel, *entries, *more)


def test_both_senders_deliver_the_same(by_scripts, by_ctl, tmp_path):
    """`put-audit-events` to one and `ctl send` to the other leave the same event, and the same sign of life."""
    data = event(UID="0b1f9a52-6c0e-4a6e-9e0b-6d4f7f1d2a10")
    sent = entry("0b1f9a52-6c0e-4a6e-9e0b-6d4f7f1d2a10", data)
    replied = put_audit_events(by_scripts.operator, by_scripts.channel_arn(), sent).ok().json
    assert [accepted["id"] for accepted in replied["successful"]] == [sent["id"]]

    file = tmp_path / "event.json"
    file.write_text(sent["eventData"])
    summary = by_ctl.ctl("send", str(file), "-o", "json").ok().json
    assert (summary["read"], summary["accepted"], summary["refused"]) == (1, 1, 0)

    kept = [scene.sandbox.events()[-1] for scene in (by_scripts, by_ctl)]
    assert kept[0]["event_data"] == kept[1]["event_data"] == sent["eventData"]
    assert kept[0]["id"] == kept[1]["id"]
    assert alike(kept[0]["record"]["eventData"]) == alike(kept[1]["record"]["eventData"])
    for scene in (by_scripts, by_ctl):
        [integration] = scene.status()["integrations"]
        assert integration["ingestion"]["last_success"]
        assert integration["ingestion"]["last_error"] is None
        assert integration["findings"] == []


def test_the_partner_gets_in_by_either_way(by_scripts, by_ctl):
    """The partner's own call, with the right external ID and without one."""
    for scene in (by_scripts, by_ctl):
        channel = scene.channel_arn()
        put_audit_events(scene.partner, channel, entry("partner"), EXTERNAL_ID).ok()
        refused = put_audit_events(scene.partner, channel, entry("partner"))
        assert refused.code != 0
        assert "ChannelInsufficientPermission" in refused.err


def test_delete_channel_and_disable_leave_the_same():
    """The scripts' way out, and ctl's: the channel is gone, store and events stay; a second time is no error."""
    left = []
    with Scene() as scene:
        channel = scripts(scene)
        scene.lake.send(channel)
        scene.aws("cloudtrail", "delete-channel", "--channel", channel).ok()
        left.append(remains(scene))
        again = scene.ctl("disable", "nordcloud", "--yes", "-o", "json").ok().json
        assert again["changed"] is False
    with Scene() as scene:
        channel = scripts(scene)
        scene.lake.send(channel)
        gone = scene.ctl("disable", "nordcloud", "--yes", "-o", "json").ok().json
        assert gone["changed"] is True
        left.append(remains(scene))
    assert left[0] == left[1]
    assert left[0]["integrations"] == []


def remains(scene):
    """What is left: integrations, stores and their states, events."""
    trail = scene.lake.trail
    stores = [
        trail.get_event_data_store(EventDataStore=listed["EventDataStoreArn"])
        for listed in trail.list_event_data_stores()["EventDataStores"]
    ]
    return {
        "integrations": scene.status()["integrations"],
        "stores": [(store["Name"], store["Status"], store["TerminationProtectionEnabled"]) for store in stores],
        "events": len(scene.sandbox.events()),
    }


def test_what_the_vendors_script_made_is_the_nordcloud_integration():
    """Its source, its 30 days and its named selector, all three other than ctl's own: found, healthy, and kept."""
    named = [{"Name": "Select all external events", **ACTIVITY[0]}]
    with Scene("--sources", "Custom,NordcloudKlarity") as scene:
        channel = scripts(scene, "NordcloudKlarity", 30, named)
        [integration] = scene.ctl("status", "nordcloud", "-o", "json", "--exit-code").ok().json["integrations"]
        assert integration["channel_arn"] == channel
        assert (integration["partner"], integration["source"]) == ("nordcloud", "NordcloudKlarity")
        enabled = scene.ctl("enable", "--partner", "nordcloud", "--yes", "-o", "json").ok().json
        assert enabled["changed"] is False
        assert enabled["integration"]["event_data_stores"][0]["retention_days"] == 30
