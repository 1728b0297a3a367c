"""Links to upload with, as botocore makes them for AWS: which host, which headers, how long."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest

from audio_translation.aws.bucket import Bucket, Link
from audio_translation.aws.clients import Clients
from audio_translation.errors import Internal
from tests.fakes.http_server import LoopbackServer, Request

KEY = "jobs/7/source/a.mp3"


@pytest.fixture
def clients(monkeypatch: pytest.MonkeyPatch) -> Clients:
    for name, value in {
        "AWS_ACCESS_KEY_ID": "testing",
        "AWS_SECRET_ACCESS_KEY": "testing",
        "AWS_DEFAULT_REGION": "eu-central-1",
        "AWS_REGION": "eu-central-1",
    }.items():
        monkeypatch.setenv(name, value)
    return Clients()


def links(clients: Clients, bucket: str) -> list[str]:
    files = Bucket(clients, bucket)
    return [
        files.link(KEY, seconds=900).url,
        files.upload_link(KEY, size=7, mime="audio/mpeg", seconds=900).url,
    ]


@pytest.mark.parametrize(
    ("bucket", "place"),
    [
        ("recordings", "recordings.s3.eu-central-1.amazonaws.com/"),
        ("with.dots", "s3.eu-central-1.amazonaws.com/with.dots/"),
    ],
)
def test_a_link_names_the_region_of_its_bucket(clients: Clients, bucket: str, place: str) -> None:
    """From s3.amazonaws.com S3 redirects while a bucket is new; no signature survives that."""
    for link in links(clients, bucket):
        assert link.startswith(f"https://{place}{KEY}?")


def test_a_link_to_upload_is_signed_with_size_and_type_and_without_a_checksum(
    clients: Clients,
) -> None:
    query = parse_qs(urlsplit(links(clients, "recordings")[1]).query)
    assert query["X-Amz-SignedHeaders"] == ["content-length;content-type;host"]
    assert query["X-Amz-Expires"] == ["900"]
    assert not [name for name in query if "checksum" in name.lower()]


def test_links_in_a_region_without_credentials_are_an_internal_error(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-central-1")
    monkeypatch.setenv("AWS_CONFIG_FILE", "/dev/null")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", "/dev/null")
    files = Bucket(Clients(), "recordings")
    with pytest.raises(Internal):
        files.upload_link(KEY, size=7, mime="audio/mpeg", seconds=900)


@pytest.fixture
def renewed(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[timedelta]]:
    """Credentials as SnapStart gives them: from a server, each good for the next of these times."""
    lifetimes: list[timedelta] = []

    class Credentials(LoopbackServer):
        def handle(self, request: Request) -> None:
            ends = datetime.now(UTC) + lifetimes.pop(0)
            known = {"AccessKeyId": "ASIA", "SecretAccessKey": "secret", "Token": "token"}
            answer = {**known, "Expiration": ends.strftime("%Y-%m-%dT%H:%M:%SZ")}
            request.reply(200, json.dumps(answer).encode(), {})

    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    for name in ("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"):
        monkeypatch.setenv(name, "/dev/null")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-central-1")
    with Credentials() as server:
        monkeypatch.setenv("AWS_CONTAINER_CREDENTIALS_FULL_URI", f"{server.url}/credentials")
        yield lifetimes


def both(clients: Clients, seconds: int) -> list[Link]:
    files = Bucket(clients, "recordings")
    return [
        files.link(KEY, seconds=seconds),
        files.upload_link(KEY, size=7, mime="audio/mpeg", seconds=seconds),
    ]


def signed_for(link: Link) -> int:
    return int(parse_qs(urlsplit(link.url).query)["X-Amz-Expires"][0])


def test_a_link_ends_with_the_credentials_that_signed_it(renewed: list[timedelta]) -> None:
    renewed.append(timedelta(minutes=40))
    ends = datetime.now(UTC) + timedelta(minutes=40)
    clients = Clients()
    for link in both(clients, 3600):
        assert ends - timedelta(seconds=10) <= link.expires <= ends
        assert 2390 <= signed_for(link) <= 2400
    for link in both(clients, 60):
        assert signed_for(link) == 60


def test_credentials_that_are_about_to_end_are_renewed_first(renewed: list[timedelta]) -> None:
    renewed += [timedelta(minutes=5), timedelta(hours=6)]
    clients = Clients()
    clients.make("s3")
    for link in both(clients, 3600):
        assert signed_for(link) == 3600
        assert link.expires <= datetime.now(UTC) + timedelta(hours=1)
    assert renewed == []


def test_a_link_lasts_as_long_as_is_asked_where_nobody_tells_an_end(clients: Clients) -> None:
    for link in both(clients, 3600):
        assert signed_for(link) == 3600
