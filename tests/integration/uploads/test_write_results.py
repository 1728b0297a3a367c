"""What is put beside a recording: all formats, why it failed, and nothing of what is replaced."""

import json
from pathlib import Path

from tests.audio.tones import english, spoken
from tests.fakes.aws.moto_server import BUCKET, Aws
from tests.fakes.provider.answers import Answer, envelope
from tests.fakes.provider.speech_provider import SpeechProvider
from tests.integration.uploads.recordings_and_jobs import created
from tests.worlds.uploads import UploadWorld, running_uploads


def test_of_a_recording_that_is_replaced_while_its_job_runs_only_the_new_one_counts(
    uploads: UploadWorld, provider: SpeechProvider
) -> None:
    def replace(numbers: tuple[int, ...]) -> None:
        if numbers == (1,):
            uploads.put("uploads/a.wav", spoken([2]), response_format="text")

    provider.on_call = replace
    uploads.put("uploads/a.wav", spoken([1]))
    uploads.settle()
    uploads.settle()
    assert uploads.written() == ["translations/a.wav.txt"]
    assert uploads.read("translations/a.wav.txt").strip() == english(2)


def test_the_stack_says_which_formats_there_are(
    aws_server: Aws, provider: SpeechProvider, tmp_path: Path
) -> None:
    formats = "verbose_json,text,srt,vtt,json,ttml,ass,csv,html"
    with running_uploads(aws_server, provider, tmp_path, UploadFormats=formats) as world:
        world.put("uploads/a.wav", spoken([1]))
        world.settle()
        assert world.written() == [
            f"translations/a.wav.{name}"
            for name in ("ass", "csv", "html", "json", "srt", "ttml", "txt", "verbose.json", "vtt")
        ]
        assert json.loads(world.read("translations/a.wav.verbose.json"))["segments"]


def test_what_fails_says_why_and_goes_when_it_succeeds(
    uploads: UploadWorld, provider: SpeechProvider
) -> None:
    provider.script.append(Answer(envelope("no credit", code="insufficient_quota"), 429))
    uploads.put("uploads/a.wav", spoken([1]))
    uploads.settle()
    assert uploads.error("uploads/a.wav")["code"] == "provider_quota_exhausted"
    again = created("uploads/a.wav", BUCKET, "audio-translation.backfill", uploads)
    again["detail"]["again"] = "1"
    uploads.send(again)
    uploads.settle()
    assert uploads.written() == ["translations/a.wav.json", "translations/a.wav.vtt"]
