"""AWS on one machine is served, and no account of the machine's owner is used."""

import socket
from pathlib import Path

import pytest

from local.aws.moto_server import running_moto, session_without_account


def test_services_answer_while_the_block_runs() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        url = "http://{}:{}".format(*listener.getsockname())
        session = session_without_account()
        with running_moto(listener):
            session.client("s3", endpoint_url=url).create_bucket(Bucket="of-test-moto-server")
            buckets = session.client("s3", endpoint_url=url).list_buckets()["Buckets"]
            assert "of-test-moto-server" in [bucket["Name"] for bucket in buckets]
            assert "QueueUrls" not in session.client("sqs", endpoint_url=url).list_queues(
                QueueNamePrefix="of-test-moto-server"
            )


def test_the_owners_profile_is_not_read(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "config").write_text("[profile mine]\nregion = eu-west-1\n")
    (tmp_path / "credentials").write_text("[mine]\naws_access_key_id = AKIA\n")
    monkeypatch.setenv("AWS_PROFILE", "mine")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "credentials"))

    session = session_without_account()

    assert session.region_name == "us-east-1"
    credentials = session.get_credentials()
    assert credentials
    assert credentials.access_key == "local"
