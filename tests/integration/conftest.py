"""What the tests of single adapters share."""

from collections.abc import Iterator

import pytest

from tests.fakes.aws.moto_server import Aws, running_aws


@pytest.fixture(scope="session")
def aws_server() -> Iterator[Aws]:
    with running_aws() as aws:
        yield aws


@pytest.fixture
def aws(aws_server: Aws) -> Aws:
    aws_server.reset()
    return aws_server
