"""Recordings in buckets: this service's own, somebody else's, deleted, forbidden."""

from pathlib import Path

from tests.audio.tones import english, spoken
from tests.fakes.aws.moto_server import BUCKET, OTHER_BUCKET, Aws
from tests.fakes.provider.speech_provider import SpeechProvider
from tests.integration.uploads.recordings_and_jobs import BROKEN, words
from tests.worlds.uploads import UploadWorld, running_uploads


def test_a_recording_that_is_gone_leaves_nothing(
    uploads: UploadWorld, provider: SpeechProvider
) -> None:
    uploads.put("uploads/a.wav", spoken([1]))
    uploads.aws.client("s3").delete_object(Bucket=BUCKET, Key="uploads/a.wav")
    uploads.settle()
    assert uploads.aws.keys() == []
    assert uploads.aws.items() == []


def test_a_bucket_of_theirs_is_translated_in_place(
    aws_server: Aws, provider: SpeechProvider, tmp_path: Path
) -> None:
    with running_uploads(aws_server, provider, tmp_path, UploadBucket=OTHER_BUCKET) as world:
        world.put("uploads/a.wav", spoken([1]), OTHER_BUCKET)
        world.put("uploads/b.mp3", BROKEN["text.mp3"], OTHER_BUCKET)
        world.put("elsewhere/c.wav", spoken([3]), OTHER_BUCKET)
        world.put("uploads/ours.wav", spoken([4]))
        world.settle()
        assert world.written(OTHER_BUCKET) == [
            "translations/a.wav.json",
            "translations/a.wav.vtt",
            "translations/b.mp3.error.json",
        ]
        assert words(world, "ours.wav") == english(4)
        assert world.roles.refused == []


def test_a_recording_that_may_not_be_read_is_said_to_be_so(
    aws_server: Aws, provider: SpeechProvider, tmp_path: Path
) -> None:
    with running_uploads(aws_server, provider, tmp_path, UploadBucket=OTHER_BUCKET) as world:
        deny = {"Effect": "Deny", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::*"}
        world.roles.may["UploadFunction"] = [*world.roles.may["UploadFunction"], deny]
        world.put("uploads/a.wav", spoken([1]), OTHER_BUCKET)
        world.settle()
        error = world.error("uploads/a.wav", OTHER_BUCKET)
        assert error["code"] == "audio_not_retrievable"
        assert "UploadBucket" in error["message"]
