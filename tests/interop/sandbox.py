"""A sandbox in a process of its own, and its control endpoints under `/_sandbox/`."""

import http.client
import json
import os
import shlex
import subprocess
import urllib.parse

import pytest

QUIET = "AWS_EC2_METADATA_DISABLED"


def environment(**more):
    """What a process of the tests sees: nothing of the machine's own AWS settings."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "TMPDIR", "LANG", "NO_PROXY", "no_proxy")}
    return {**kept, QUIET: "true", **more}


def ctl_binary():
    """The binary under test."""
    return os.environ["CTL"]


def foreign_server():
    """A server command given instead of `ctl sandbox serve`, which takes no options; empty when there is none."""
    return shlex.split(os.environ.get("CTL_INTEROP_SERVE", ""))


def serve_command(options):
    """What starts a sandbox on a free port; its state is in memory unless told otherwise."""
    if options and foreign_server():
        pytest.skip("another server is tested, which takes no options")
    state = () if "--state" in options else ("--state", ":memory:")
    own = [ctl_binary(), "sandbox", "serve", "--listen", "127.0.0.1:0", *state]
    return foreign_server() or [*own, *options]


class Sandbox:
    """A running sandbox; use it with `with`."""

    def __init__(self, *options):
        self.process = subprocess.Popen(
            serve_command(options), stdout=subprocess.PIPE, text=True, env=environment()
        )
        line = self.process.stdout.readline()
        if not line:
            raise RuntimeError(f"the sandbox ended with {self.process.wait()} before it said where it is")
        self.hello = json.loads(line)
        self.endpoint = self.hello["endpoint"]
        self.account = self.hello["account"]
        self.region = self.hello["region"]
        self.host = urllib.parse.urlsplit(self.endpoint).netloc

    def __enter__(self):
        return self

    def kill(self):
        """Ends it as `kill -9` does."""
        self.process.kill()
        self.process.wait()

    def __exit__(self, *_):
        self.process.terminate()
        try:
            self.process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            self.kill()
        self.process.stdout.close()

    def control(self, method, path, body=None):
        """Calls a control endpoint and returns its JSON."""
        connection = http.client.HTTPConnection(self.host, timeout=10)
        try:
            connection.request(method, f"/_sandbox/{path}", None if body is None else json.dumps(body))
            response = connection.getresponse()
            text = response.read()
        finally:
            connection.close()
        if response.status != 200:
            raise RuntimeError(f"{method} /_sandbox/{path}: {response.status} {text!r}")
        return json.loads(text)

    def reset(self):
        """As new: no resources, no faults, no log of requests, the real clock."""
        self.control("POST", "reset")
        self.control("DELETE", "faults")
        self.control("DELETE", "requests")

    def fault(self, operation, kind, call=1, times=1, **details):
        """Makes a coming request go wrong; `times=0` is for ever."""
        rule = {"operation": operation, "call": call, "times": times, "fault": {"kind": kind, **details}}
        self.control("POST", "faults", {"faults": [rule]})

    def seen(self, operation=None):
        """The log of requests, or of one operation's."""
        log = self.control("GET", "requests")["requests"]
        return [entry for entry in log if operation in (None, entry["operation"])]

    def events(self, store=None):
        """The events held, with their records."""
        query = f"?{urllib.parse.urlencode({'event_data_store': store})}" if store else ""
        return self.control("GET", f"events{query}")["events"]

    def advance(self, days=0, seconds=0):
        """Moves the clock on."""
        self.control("POST", "clock", {"advance_seconds": days * 86_400 + seconds})

    def plant(self, **state):
        """Makes a state that the API cannot make."""
        return self.control("POST", "plant", state)
