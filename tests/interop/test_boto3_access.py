"""Who may send to a channel: the owner, whom its policy names, and with which external ID.

https://docs.aws.amazon.com/awscloudtrail/latest/userguide/query-event-data-store-integration-partner.html
"""

import pytest

from lake import EXTERNAL_ID, PARTNER, STRANGER, policy

OWNER = "111122223333"
WRONG = "ext-0815"


def may_send(lake, channel, account, external_id):
    """Whether the account gets in; a refusal has to be the one for lack of permission."""
    data = lake.client("cloudtrail-data", account)
    before = len(lake.sandbox.events())
    try:
        reply = lake.send(channel, account=account, **({"externalId": external_id} if external_id else {}))
    except data.exceptions.ChannelInsufficientPermission:
        assert len(lake.sandbox.events()) == before
        return False
    assert len(reply["successful"]) == 1
    return True


CALLERS = [
    (account, external_id)
    for account in (OWNER, PARTNER, STRANGER)
    for external_id in (EXTERNAL_ID, WRONG, None)
]


@pytest.mark.parametrize(("account", "external_id"), CALLERS)
def test_without_a_policy_only_the_owner_sends(lake, account, external_id):
    channel = lake.channel()
    assert may_send(lake, channel, account, external_id) == (account == OWNER)


@pytest.mark.parametrize(("account", "external_id"), CALLERS)
def test_with_an_external_id_the_partner_has_to_know_it(lake, account, external_id):
    """A stranger does not get in by knowing it; that the owner need not is the sandbox's choice."""
    channel = lake.integration()
    allowed = account == OWNER or (account, external_id) == (PARTNER, EXTERNAL_ID)
    assert may_send(lake, channel, account, external_id) == allowed


@pytest.mark.parametrize(("account", "external_id"), CALLERS)
def test_without_an_external_id_one_that_is_sent_does_no_harm(lake, account, external_id):
    channel = lake.integration(external_id=None)
    assert may_send(lake, channel, account, external_id) == (account in (OWNER, PARTNER))


def test_an_external_id_is_compared_exactly(lake):
    """StringEquals: neither case nor a part of it."""
    channel = lake.integration(external_id="Ext-4711")
    for near in ("ext-4711", "Ext-471", "Ext-47111"):
        assert not may_send(lake, channel, PARTNER, near)
    assert may_send(lake, channel, PARTNER, "Ext-4711")


def test_one_of_several_external_ids_is_enough(lake):
    """As IAM reads a list of values; a rotation with an overlap rests on it."""
    channel = lake.channel()
    document = policy(channel)
    document["Statement"][0]["Condition"]["StringEquals"]["cloudtrail:ExternalId"] = [EXTERNAL_ID, WRONG]
    lake.let_in(channel, document)
    assert may_send(lake, channel, PARTNER, EXTERNAL_ID)
    assert may_send(lake, channel, PARTNER, WRONG)
    assert not may_send(lake, channel, PARTNER, None)


@pytest.mark.parametrize(
    "principal",
    [PARTNER, f"arn:aws:iam::{PARTNER}:root", [f"arn:aws:iam::{STRANGER}:root", PARTNER]],
    ids=["account", "root", "list"],
)
def test_an_account_is_its_root(lake, principal):
    """Twelve digits and the root's ARN are the same principal, alone or in a list."""
    channel = lake.channel()
    document = policy(channel)
    document["Statement"][0]["Principal"]["AWS"] = principal
    lake.let_in(channel, document)
    assert may_send(lake, channel, PARTNER, EXTERNAL_ID)


def test_strings_and_lists_of_one_are_the_same(lake):
    """The form of AWS's walkthrough, where the scripts write lists."""
    channel = lake.channel()
    document = policy(channel)
    document["Statement"][0] |= {"Action": "cloudtrail-data:PutAuditEvents", "Resource": channel}
    lake.let_in(channel, document)
    assert may_send(lake, channel, PARTNER, EXTERNAL_ID)
    assert not may_send(lake, channel, PARTNER, WRONG)


def test_any_statement_that_allows_lets_in(lake):
    channel = lake.channel()
    document = policy(channel)
    document["Statement"].append({**policy(channel, WRONG, [STRANGER])["Statement"][0], "Sid": "Second"})
    lake.let_in(channel, document)
    assert may_send(lake, channel, PARTNER, EXTERNAL_ID)
    assert may_send(lake, channel, STRANGER, WRONG)
    assert not may_send(lake, channel, PARTNER, WRONG)


@pytest.mark.parametrize("denied", [OWNER, PARTNER])
def test_a_deny_wins(lake, denied):
    """The owner gets in unless the policy denies it; so does whom the policy allows elsewhere."""
    channel = lake.channel()
    document = policy(channel)
    document["Statement"].append({**policy(channel, None, [denied], "Deny")["Statement"][0], "Sid": "Out"})
    lake.let_in(channel, document)
    assert may_send(lake, channel, OWNER, None) == (denied != OWNER)
    assert may_send(lake, channel, PARTNER, EXTERNAL_ID) == (denied != PARTNER)


def test_without_its_policy_a_channel_is_the_owners_again(lake):
    """Taking the policy away locks the partner out at once."""
    channel = lake.integration()
    assert may_send(lake, channel, PARTNER, EXTERNAL_ID)
    lake.trail.delete_resource_policy(ResourceArn=channel)
    assert not may_send(lake, channel, PARTNER, EXTERNAL_ID)
    assert may_send(lake, channel, OWNER, None)


def test_what_a_partner_sends_belongs_to_the_owner(lake):
    """recipientAccountId is the channel owner's, whoever calls."""
    channel = lake.integration()
    lake.send(channel, account=PARTNER, externalId=EXTERNAL_ID)
    [kept] = lake.sandbox.events()
    assert kept["record"]["recipientAccountId"] == OWNER
