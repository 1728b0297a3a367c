"""Options of recordings: in their metadata and in their folders' files."""

import json
from typing import Any

import pytest
from standardwebhooks import Webhook

from tests.audio.tones import english, heard, spoken
from tests.fakes.aws.moto_server import BUCKET
from tests.fakes.provider.speech_provider import SpeechProvider
from tests.fakes.webhook_receiver import Receiver
from tests.worlds.jobs import WEBHOOK_PARAMETER, WEBHOOK_SECRET
from tests.worlds.uploads import UploadWorld


def test_metadata_has_a_wish_for_every_field(
    uploads: UploadWorld, provider: SpeechProvider
) -> None:
    uploads.aws.client("ssm").put_parameter(
        Name=WEBHOOK_PARAMETER, Value=WEBHOOK_SECRET, Type="SecureString"
    )
    with Receiver() as receiver:
        uploads.put(
            "uploads/a.wav",
            spoken([1]),
            response_format="srt, text",
            model="whisper-large-v3",
            prompt="Names: Jose.",
            temperature="0.5",
            save_source="true",
            callback_url=receiver.hook(),
            camera="left",
        )
        uploads.settle()
    (asked,) = provider.received
    assert asked.fields["model"] == "whisper-large-v3"
    assert asked.fields["prompt"] == "Names: Jose."
    assert asked.fields["temperature"] == "0.5"
    assert uploads.written() == ["translations/a.wav.srt", "translations/a.wav.txt"]
    assert uploads.read("translations/a.wav.txt").strip() == english(1)
    ((headers, body),) = receiver.received
    assert Webhook(WEBHOOK_SECRET).verify(body, headers)["type"] == "translation.succeeded"
    (kept,) = [key for key in uploads.aws.keys(BUCKET) if key.startswith("audio/")]
    assert kept.endswith("-a.wav")


def test_a_folder_has_options_for_what_is_in_it_and_below(
    uploads: UploadWorld, provider: SpeechProvider
) -> None:
    uploads.put("uploads/translation.json", json.dumps({"prompt": "all"}).encode())
    near = {"prompt": "near", "responseFormat": ["text"]}
    uploads.put("uploads/a/b/translation.json", json.dumps(near).encode())
    uploads.put("uploads/top.wav", spoken([0]))
    uploads.put("uploads/a/inherits.wav", spoken([1]))
    uploads.put("uploads/a/b/near.wav", spoken([2]))
    uploads.put("uploads/a/b/c/own.wav", spoken([3]), prompt="own")
    uploads.settle()
    assert {
        numbers: asked.fields["prompt"]
        for asked in provider.received
        for numbers in [said(asked.file)]
    } == {0: "all", 1: "all", 2: "near", 3: "own"}
    assert [key for key in uploads.written() if "/b/" in key] == [
        "translations/a/b/c/own.wav.txt",
        "translations/a/b/near.wav.txt",
    ]
    assert len(uploads.written()) == 2 + 2 + 1 + 1, "options are no recordings"


def said(audio: bytes) -> int:
    ((number, *_),) = heard(audio)
    return number


@pytest.mark.parametrize(
    ("metadata", "folder", "param"),
    [
        ({"response_format": "mp3"}, None, "responseFormat"),
        ({"temperature": "7"}, None, "temperature"),
        ({"save_source": "perhaps"}, None, "saveSource"),
        ({"callback_url": "ftp://example.com"}, None, "callbackUrl"),
        ({"callback_url": "http://10.0.0.1/"}, None, "callbackUrl"),
        ({}, {"promt": "x"}, "promt"),
        ({}, [], None),
    ],
)
def test_wrong_options_are_named_beside_the_recording_and_can_be_put_right(
    uploads: UploadWorld,
    provider: SpeechProvider,
    metadata: dict[str, str],
    folder: Any,
    param: str,
) -> None:
    if folder is not None:
        uploads.put("uploads/translation.json", json.dumps(folder).encode())
    uploads.put("uploads/a.wav", spoken([1]), **metadata)
    uploads.settle()
    error = uploads.error("uploads/a.wav")
    assert error["code"] in {"invalid_request", "url_not_allowed"}
    assert error["param"] == param
    assert (param or "translation.json") in error["message"]
    assert not provider.received
    assert not uploads.executions.started
    uploads.aws.client("s3").delete_object(Bucket=BUCKET, Key="uploads/translation.json")
    uploads.put("uploads/a.wav", spoken([1]))
    uploads.settle()
    assert uploads.written() == ["translations/a.wav.json", "translations/a.wav.vtt"]


def test_metadata_that_is_nearly_an_option_is_told_beside_the_translation(
    uploads: UploadWorld,
) -> None:
    uploads.put(
        "uploads/a.wav",
        spoken([1]),
        response_format="verbose_json",
        target_langauge="de",
        camera="left",
    )
    uploads.settle()
    (told,) = json.loads(uploads.read("translations/a.wav.verbose.json"))["warnings"]
    assert "'target-langauge'" in told
    assert "'target-language'" in told
