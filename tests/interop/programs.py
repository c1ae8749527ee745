"""The two programs that are compared: `ctl` and the AWS CLI, each as its own process."""

import json
import subprocess
from dataclasses import dataclass

from sandbox import ctl_binary, environment


@dataclass
class Ended:
    """How a program ended."""

    arguments: list
    code: int
    out: str
    err: str

    @property
    def json(self):
        """Its output as JSON."""
        return json.loads(self.out)

    def ok(self, code=0):
        """Itself, when it ended with the code; else all that is known about it."""
        assert self.code == code, f"{self.arguments}: exit {self.code}\n{self.out}\n{self.err}"
        return self


class Operator:
    """Somebody with credentials, a Region and the two programs, in front of an endpoint."""

    def __init__(self, endpoint, account="AKIDOWNER", region="us-east-1"):
        self.env = environment(
            AWS_ENDPOINT_URL=endpoint,
            AWS_ACCESS_KEY_ID=account,
            AWS_SECRET_ACCESS_KEY="secret",
            AWS_REGION=region,
            AWS_DEFAULT_REGION=region,
            AWS_MAX_ATTEMPTS="1",
            AWS_PAGER="",
            AWS_DEFAULT_OUTPUT="json",
        )

    def run(self, *arguments, stdin=""):
        """Runs a program to its end."""
        done = subprocess.run(
            arguments, input=stdin, capture_output=True, text=True, env=self.env, timeout=60, check=False
        )
        return Ended(list(arguments), done.returncode, done.stdout, done.stderr)

    def ctl(self, *arguments, stdin=""):
        """Runs the binary under test."""
        return self.run(ctl_binary(), *arguments, stdin=stdin)

    def aws(self, *arguments):
        """Runs the AWS CLI."""
        return self.run("aws", *arguments)
