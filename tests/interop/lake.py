"""boto3 clients of a sandbox, and the resources tests begin with."""

import base64
import datetime
import hashlib
import json
import uuid

import boto3
from botocore.config import Config

from shapes import check_reply

PARTNER = "855341727128"
STRANGER = "444455556666"
EXTERNAL_ID = "ext-4711"
ACTIVITY = [{"FieldSelectors": [{"Field": "eventCategory", "Equals": ["ActivityAuditLog"]}]}]
MANAGEMENT = [{"FieldSelectors": [{"Field": "eventCategory", "Equals": ["Management"]}]}]
STORE = "nordcloud-events-ds"
CHANNEL = "nordcloud-integration"
SOURCE = "IBMMulticloud"


class Lake:
    """A sandbox seen through boto3. Every reply to every client made here is checked against the model."""

    def __init__(self, sandbox):
        self.sandbox = sandbox
        self.clients = {}

    def client(self, service="cloudtrail", account="AKIDOWNER", region=None, **config):
        """A client; tries once only, unless told otherwise."""
        config.setdefault("retries", {"total_max_attempts": 1})
        key = (service, account, region, json.dumps(config, default=str))
        if key not in self.clients:
            session = boto3.Session(
                aws_access_key_id=account,
                aws_secret_access_key="secret",
                region_name=region or self.sandbox.region,
            )
            client = session.client(
                service, endpoint_url=self.sandbox.endpoint, config=Config(proxies={}, **config)
            )
            client.meta.events.register("after-call", check_reply)
            self.clients[key] = client
        return self.clients[key]

    @property
    def trail(self):
        """The control plane, as the owner."""
        return self.client()

    def store(self, name=STORE, **changes):
        """Makes a store fit for an integration and returns its ARN; it is `ENABLED` at the next request."""
        wanted = {
            "Name": name,
            "MultiRegionEnabled": False,
            "RetentionPeriod": 366,
            "AdvancedEventSelectors": ACTIVITY,
            **changes,
        }
        return self.trail.create_event_data_store(**wanted)["EventDataStoreArn"]

    def channel(self, store=None, name=CHANNEL, source=SOURCE, **more):
        """Makes a channel into a store and returns its ARN."""
        destinations = to_stores(store or self.store())
        made = self.trail.create_channel(Name=name, Source=source, Destinations=destinations, **more)
        return made["ChannelArn"]

    def integration(self, external_id=EXTERNAL_ID, principals=(PARTNER,)):
        """Makes store, channel and policy; returns the channel's ARN."""
        channel = self.channel()
        self.let_in(channel, policy(channel, external_id, principals))
        return channel

    def let_in(self, channel, document):
        """Attaches a policy."""
        self.trail.put_resource_policy(ResourceArn=channel, ResourcePolicy=json.dumps(document))

    def pending(self, name=STORE):
        """Makes a store that is pending deletion."""
        store = self.store(name, TerminationProtectionEnabled=False)
        self.trail.delete_event_data_store(EventDataStore=store)
        return store

    def send(self, channel, *entries, account="AKIDOWNER", **more):
        """Sends events as an account."""
        data = self.client("cloudtrail-data", account)
        return data.put_audit_events(channelArn=channel, auditEvents=list(entries) or [entry()], **more)


def to_stores(*stores):
    """Destinations of a channel."""
    return [{"Type": "EVENT_DATA_STORE", "Location": store} for store in stores]


def policy(channel, external_id=EXTERNAL_ID, principals=(PARTNER,), effect="Allow"):
    """A channel's policy, as the scripts and AWS's walkthrough write it."""
    statement = {
        "Sid": "ChannelPolicy",
        "Effect": effect,
        "Principal": {"AWS": [f"arn:aws:iam::{account}:root" for account in principals]},
        "Action": ["cloudtrail-data:PutAuditEvents"],
        "Resource": [channel],
    }
    if external_id:
        statement["Condition"] = {"StringEquals": {"cloudtrail:ExternalId": external_id}}
    return {"Version": "2012-10-17", "Statement": [statement]}


def event(account="111122223333", **changes):
    """An event with every field the schema requires.

    https://docs.aws.amazon.com/awscloudtrail/latest/userguide/query-integration-event-schema.html
    """
    now = datetime.datetime.now(datetime.timezone.utc)
    return {
        "version": "1.0",
        "userIdentity": {"type": "User", "principalId": "alice"},
        "eventSource": "com.nordcloudapp.imagefactory",
        "eventName": "image.created",
        "eventTime": now.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "UID": str(uuid.uuid4()),
        "recipientAccountId": account,
        **changes,
    }


def entry(id="evt-1", data=None, **more):
    """An entry of PutAuditEvents."""
    return {"id": id, "eventData": json.dumps(event() if data is None else data), **more}


def checksum(text):
    """The checksum of an `eventData` string: base64 of the SHA-256 of its bytes.

    https://docs.aws.amazon.com/awscloudtraildata/latest/APIReference/API_AuditEvent.html
    """
    return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def absent(kind, region="us-east-1", account="111122223333"):
    """The ARN of a store or channel that does not exist."""
    return f"arn:aws:cloudtrail:{region}:{account}:{kind}/{uuid.uuid4()}"
