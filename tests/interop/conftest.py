import pytest

from lake import Lake
from sandbox import Sandbox


@pytest.fixture(scope="session")
def shared_sandbox():
    with Sandbox() as sandbox:
        yield sandbox


@pytest.fixture(scope="session")
def shared_lake(shared_sandbox):
    return Lake(shared_sandbox)


@pytest.fixture
def lake(shared_lake):
    """boto3 clients of a sandbox that is as new."""
    shared_lake.sandbox.reset()
    return shared_lake


@pytest.fixture
def lake_with():
    """Starts a sandbox of its own with options."""
    running = []

    def start(*options):
        running.append(Sandbox(*options).__enter__())
        return Lake(running[-1])

    yield start
    for sandbox in running:
        sandbox.__exit__()
