"""The service starts as a whole or says why not. That it translates is tested in tests/e2e."""

import socket
from pathlib import Path

import pytest

from local.addresses import Addresses
from local.aws.resources import BUCKET
from local.service import LocalService, NotStarted, running_service
from tests.fakes.aws.moto_server import Aws


def test_a_taken_port_is_told_before_anything_starts() -> None:
    steps: list[str] = []
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with (
            pytest.raises(NotStarted, match=rf"Port {port} of .* cannot be taken \(.*in use"),
            running_service(addresses=Addresses(port=port), step=steps.append),
        ):
            pass
    assert steps == []


def test_a_file_is_copied_to_a_key_that_needs_no_quoting(aws: Aws, tmp_path: Path) -> None:
    service = LocalService(url="", aws_url=aws.endpoint, provider_url="", lambda_url="")
    service.s3().create_bucket(Bucket=BUCKET)
    path = tmp_path / "a ñ & b.mp3"
    path.write_bytes(b"sound")

    assert service.put(path, "audio") == f"s3://{BUCKET}/audio/a-b.mp3"

    body = service.s3().get_object(Bucket=BUCKET, Key="audio/a-b.mp3")["Body"]
    assert body.read() == b"sound"
