"""`ctl sandbox exec -- COMMAND`: the AWS CLI and boto3 work with nothing set up, whatever the machine's settings."""

import json
import sys

import pytest

from lake import ACTIVITY, STORE
from programs import Operator
from sandbox import foreign_server

pytestmark = pytest.mark.skipif(bool(foreign_server()), reason="another server is tested, which runs no commands")

# Each of these alone would lead a client elsewhere.
HOSTILE = {
    "AWS_PROFILE": "production",
    "AWS_SESSION_TOKEN": "token",
    "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": "true",
    "AWS_ENDPOINT_URL": "http://127.0.0.1:9",
    "AWS_ENDPOINT_URL_CLOUDTRAIL": "http://127.0.0.1:9",
    "AWS_ENDPOINT_URL_CLOUDTRAIL_DATA": "http://127.0.0.1:9",
    "HTTP_PROXY": "http://127.0.0.1:9",
    "http_proxy": "http://127.0.0.1:9",
}

BOTO3 = """
import boto3, json
made = boto3.client("cloudtrail").create_event_data_store(
    Name="nordcloud-events-ds", MultiRegionEnabled=False, AdvancedEventSelectors=json.loads(%r)
)
store = made["EventDataStoreArn"]
channel = boto3.client("cloudtrail").create_channel(
    Name="mine", Source="Custom", Destinations=[{"Type": "EVENT_DATA_STORE", "Location": store}]
)["ChannelArn"]
reply = boto3.client("cloudtrail-data").put_audit_events(
    channelArn=channel, auditEvents=[{"id": "a", "eventData": "{}"}]
)
print(json.dumps({"name": made["Name"], "failed": [item["id"] for item in reply["failed"]]}))
"""


@pytest.fixture
def operator(tmp_path):
    """Somebody whose settings all lead elsewhere."""
    operator = Operator("http://127.0.0.1:9")
    for name in [name for name in operator.env if name.startswith("AWS_") or name.lower() == "no_proxy"]:
        del operator.env[name]
    operator.env |= HOSTILE
    operator.env["HOME"] = str(tmp_path)
    return operator


def test_the_aws_cli_runs_in_it(operator):
    ended = operator.ctl("sandbox", "exec", "--", "aws", "cloudtrail", "list-channels").ok()
    assert ended.json == {"Channels": []}


def test_boto3_runs_in_it(operator):
    """Both wires, from one process; all three endpoint variables lead to the sandbox."""
    script = BOTO3 % json.dumps(ACTIVITY)
    ended = operator.ctl("sandbox", "exec", "--", sys.executable, "-c", script).ok()
    assert ended.json == {"name": STORE, "failed": ["a"]}


def test_it_exits_with_the_commands_code(operator, lake):
    """A refusal of the service is the same refusal, with the code the AWS CLI has for one by itself."""
    refused = ("aws", "cloudtrail", "get-channel", "--channel", "11111111-2222-3333-4444-555555555555")
    alone = Operator(lake.sandbox.endpoint).run(*refused)
    ended = operator.ctl("sandbox", "exec", "--", *refused)
    assert "ChannelNotFoundException" in alone.err
    assert "ChannelNotFoundException" in ended.err
    assert ended.code == alone.code != 0
    assert operator.ctl("sandbox", "exec", "--", "sh", "-c", "exit 42").code == 42
