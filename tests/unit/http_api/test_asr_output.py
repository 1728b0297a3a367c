"""Raw samples become a WAV; our answers become whisper-asr-webservice's formats."""

import io
import json
import wave
from typing import Any

import pytest

from audio_translation.http_api.asr_output import Output, as_wav, written

MADE: dict[str, Any] = {
    "language": "haitian creole",
    "text": "Bonjou. Orevwa.",
    "segments": [
        {"start": 0.05, "end": 1.999, "text": " Bonjou\tzanmi.\n"},
        {"start": 2.0, "end": 3.0, "text": "Orevwa."},
    ],
}


def test_samples_become_the_sound_of_a_wav() -> None:
    with wave.open(io.BytesIO(as_wav(bytes(range(200)) + b"\x01"))) as read:
        assert read.getparams()[:4] == (1, 2, 16_000, 100)
        assert read.readframes(100) == bytes(range(200))


def test_what_has_a_header_already_and_nothing_stay_as_they_are() -> None:
    file = as_wav(bytes(100))
    assert as_wav(file) == file
    assert as_wav(b"") == b""


def test_txt_has_a_line_for_each_segment_and_tsv_their_milliseconds() -> None:
    assert written(MADE, Output.TXT) == "Bonjou zanmi.\nOrevwa.\n"
    assert written(MADE, Output.TSV) == (
        "start\tend\ttext\n50\t1999\tBonjou zanmi.\n2000\t3000\tOrevwa.\n"
    )


def test_json_has_the_languages_code_and_words_within_segments() -> None:
    words = [
        {"word": "Bonjou", "start": 0.05, "end": 1.0},
        {"word": "zanmi", "start": 1.0, "end": 1.999},
        {"word": "Orevwa", "start": 2.0, "end": 3.0},
    ]
    body = json.loads(written({**MADE, "words": words}, Output.JSON))
    assert (body["language"], body["text"]) == ("ht", "Bonjou. Orevwa.")
    assert [segment["words"] for segment in body["segments"]] == [words[:2], words[2:]]
    silence = {"language": "unknown", "text": "", "segments": []}
    assert json.loads(written(silence, Output.JSON)) == {**silence, "language": "und"}


@pytest.mark.parametrize("output", [Output.SRT, Output.VTT])
def test_subtitles_are_ours(output: Output) -> None:
    assert written("1\n00:00", output) == "1\n00:00"
    assert output.made_from.value == output.value
