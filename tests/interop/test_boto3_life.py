"""The life of a store: created, enabled, pending deletion for seven days, restored or gone; and of its events.

https://docs.aws.amazon.com/awscloudtrail/latest/userguide/query-event-data-store-delete.html
"""

import datetime

import pytest

from lake import STORE, entry, event, to_stores


def status(lake, store):
    return lake.trail.get_event_data_store(EventDataStore=store)["Status"]


def test_a_new_store_is_created_and_then_enabled(lake):
    """CREATED in the reply to its creation, ENABLED at the next request."""
    made = lake.trail.create_event_data_store(Name=STORE)
    assert made["Status"] == "CREATED"
    assert status(lake, made["EventDataStoreArn"]) == "ENABLED"


def test_a_new_store_can_take_its_time(lake_with):
    """With --store-delay it stays CREATED so long, on the sandbox's clock, and is not to be changed meanwhile."""
    lake = lake_with("--store-delay", "20s")
    store = lake.store()
    assert status(lake, store) == "CREATED"
    with pytest.raises(lake.trail.exceptions.ConflictException):
        lake.trail.update_event_data_store(EventDataStore=store, RetentionPeriod=400)
    lake.sandbox.advance(seconds=21)
    assert status(lake, store) == "ENABLED"
    lake.trail.update_event_data_store(EventDataStore=store, RetentionPeriod=400)


def test_a_deleted_store_is_pending_for_seven_days(lake):
    """It is shown, counted and holds its name for so long; then it is gone and the name is free."""
    store = lake.pending()
    lake.sandbox.advance(days=6, seconds=23 * 3600)
    assert status(lake, store) == "PENDING_DELETION"
    with pytest.raises(lake.trail.exceptions.EventDataStoreAlreadyExistsException):
        lake.store()
    assert len(lake.trail.list_event_data_stores()["EventDataStores"]) == 1
    for n in range(9):
        lake.store(f"store-{n}")
    with pytest.raises(lake.trail.exceptions.EventDataStoreMaxLimitExceededException):
        lake.store("one-too-many")

    lake.sandbox.advance(seconds=2 * 3600)
    with pytest.raises(lake.trail.exceptions.EventDataStoreNotFoundException):
        lake.trail.get_event_data_store(EventDataStore=store)
    with pytest.raises(lake.trail.exceptions.EventDataStoreNotFoundException):
        lake.trail.restore_event_data_store(EventDataStore=store)
    assert lake.store() != store


def test_a_pending_store_can_only_be_restored(lake):
    store = lake.pending()
    for call, more in (
        (lake.trail.update_event_data_store, {"RetentionPeriod": 400}),
        (lake.trail.delete_event_data_store, {}),
    ):
        with pytest.raises(lake.trail.exceptions.InactiveEventDataStoreException):
            call(EventDataStore=store, **more)
    lake.sandbox.advance(days=6)
    lake.trail.restore_event_data_store(EventDataStore=store)
    assert status(lake, store) == "ENABLED"


def test_a_restored_store_lives_on(lake):
    """Neither the day it would have gone nor an earlier deletion catches up with it."""
    store = lake.pending()
    lake.sandbox.advance(days=5)
    lake.trail.restore_event_data_store(EventDataStore=store)
    lake.sandbox.advance(days=5)
    assert status(lake, store) == "ENABLED"
    lake.trail.update_event_data_store(EventDataStore=store, TerminationProtectionEnabled=False)
    lake.trail.delete_event_data_store(EventDataStore=store)
    lake.sandbox.advance(days=6)
    assert status(lake, store) == "PENDING_DELETION"


def test_events_come_back_with_a_restored_store(lake):
    """Nothing is lost by a deletion that was taken back."""
    store = lake.store(TerminationProtectionEnabled=False)
    channel = lake.channel(store)
    lake.send(channel)
    lake.trail.delete_channel(Channel=channel)
    assert len(lake.sandbox.events()) == 1
    lake.trail.delete_event_data_store(EventDataStore=store)
    lake.sandbox.advance(days=6)
    lake.trail.restore_event_data_store(EventDataStore=store)
    assert len(lake.sandbox.events()) == 1


def test_a_store_goes_after_its_channel(lake):
    """Protected, then fed by a channel, then free to go."""
    store = lake.store()
    channel = lake.channel(store)
    delete = lake.trail.delete_event_data_store
    with pytest.raises(lake.trail.exceptions.EventDataStoreTerminationProtectedException):
        delete(EventDataStore=store)
    lake.trail.update_event_data_store(EventDataStore=store, TerminationProtectionEnabled=False)
    with pytest.raises(lake.trail.exceptions.ChannelExistsForEDSException):
        delete(EventDataStore=store)
    lake.trail.update_channel(Channel=channel, Destinations=to_stores(lake.store("other")))
    delete(EventDataStore=store)
    assert status(lake, store) == "PENDING_DELETION"


def test_a_policy_goes_with_its_channel(lake):
    channel = lake.integration()
    lake.trail.delete_channel(Channel=channel)
    with pytest.raises(lake.trail.exceptions.ResourceNotFoundException):
        lake.trail.get_resource_policy(ResourceArn=channel)


def test_retention_is_judged_by_the_events_own_time(lake):
    """Events past retention go when the clock moves on, and those of a store that keeps longer stay."""
    short, long = lake.store("short", RetentionPeriod=7), lake.store("long", RetentionPeriod=366)
    made = lake.trail.create_channel(
        Name="both", Source="Custom", Destinations=to_stores(short, long)
    )["ChannelArn"]
    five_days_ago = datetime.datetime.now(datetime.timezone.utc) - datetime.timedelta(days=5)
    old = event(eventTime=five_days_ago.strftime("%Y-%m-%dT%H:%M:%SZ"))
    lake.send(made, entry("old", old), entry("new"))
    lake.sandbox.advance(days=3)
    left = {}
    for kept in lake.sandbox.events():
        left.setdefault(kept["event_data_store"].rsplit("/", 1)[-1], []).append(kept["id"])
    assert left == {short.rsplit("/", 1)[1]: ["new"], long.rsplit("/", 1)[1]: ["old", "new"]}


def test_state_in_a_file_survives_kill_9(lake_with, tmp_path):
    """What was answered is kept, and the next sandbox on the file goes on from there."""
    options = ("--state", str(tmp_path / "state.db"))
    lake = lake_with(*options)
    store = lake.store()
    channel = lake.channel(store)
    lake.send(channel)
    lake.sandbox.kill()
    again = lake_with(*options)
    assert status(again, store) == "ENABLED"
    assert again.trail.get_channel(Channel=channel)["Destinations"] == to_stores(store)
    assert again.trail.get_channel(Channel=channel)["IngestionStatus"]["LatestIngestionSuccessEventID"]
    assert len(again.sandbox.events()) == 1


def test_billing_goes_one_way(lake):
    """Fixed to extendable is allowed, the way back is not; fixed keeps at most 2557 days."""
    update = lake.trail.update_event_data_store
    refused = pytest.raises(lake.trail.exceptions.InvalidParameterException)
    store = lake.store(BillingMode="FIXED_RETENTION_PRICING", RetentionPeriod=2557)
    with refused:
        update(EventDataStore=store, RetentionPeriod=2558)
    extended = update(EventDataStore=store, BillingMode="EXTENDABLE_RETENTION_PRICING", RetentionPeriod=3653)
    assert (extended["BillingMode"], extended["RetentionPeriod"]) == ("EXTENDABLE_RETENTION_PRICING", 3653)
    with refused:
        update(EventDataStore=store, BillingMode="FIXED_RETENTION_PRICING", RetentionPeriod=366)


def test_a_channel_whose_only_store_is_pending_keeps_nothing(lake):
    """No code is documented; but no event may be called accepted that nothing keeps."""
    store = lake.store()
    channel = lake.channel(store)
    lake.sandbox.plant(event_data_store={"id": store, "status": "PENDING_DELETION"})
    reply = lake.send(channel)
    assert reply["successful"] == []
    assert [refused["id"] for refused in reply["failed"]] == ["evt-1"]
    assert lake.sandbox.events() == []
