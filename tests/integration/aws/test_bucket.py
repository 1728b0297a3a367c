"""Links to upload with, as botocore makes them for AWS: which host, which headers, how long."""

from urllib.parse import parse_qs, urlsplit

import pytest

from audio_translation.aws.bucket import Bucket
from audio_translation.aws.clients import Clients
from audio_translation.errors import Internal

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
        files.link(KEY, seconds=900),
        files.upload_link(KEY, size=7, mime="audio/mpeg", seconds=900),
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
