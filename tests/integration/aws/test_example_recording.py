"""The recording that comes with the service."""

import pytest
import requests

from audio_translation.aws.bucket import Bucket
from audio_translation.aws.example_recording import ExampleRecording
from audio_translation.errors import Internal, NotFound
from local import REPOSITORY
from tests.fakes.aws.moto_server import BUCKET, Aws

ORIGINAL = REPOSITORY / "tests" / "data" / "speech" / "es" / "conf-waitforleader.mp3"


def example(aws: Aws, bucket: str = BUCKET) -> ExampleRecording:
    return ExampleRecording(Bucket(aws.clients, bucket), folder="/audio/")


def test_it_is_stored_once_and_linked_to(aws: Aws) -> None:
    answer = requests.get(example(aws).link(), timeout=30)
    assert answer.content == ORIGINAL.read_bytes()
    assert answer.headers["content-type"] == "audio/mpeg"
    kept = aws.client("s3").get_object(Bucket=BUCKET, Key="audio/example.mp3")["LastModified"]
    example(aws).link()
    again = aws.client("s3").get_object(Bucket=BUCKET, Key="audio/example.mp3")["LastModified"]
    assert again == kept


def test_without_a_bucket_there_is_none(aws: Aws) -> None:
    with pytest.raises(NotFound, match="no bucket"):
        example(aws, "").link()
    with pytest.raises(Internal):
        example(aws, "gone").link()
