"""One result of Whisper's in each of OpenAI's formats."""

import json

import srt
import webvtt

from local import REPOSITORY
from local.provider.audio_decoding import decoded_pieces
from local.provider.audio_responses import FORMATS, whisper_response
from local.provider.whisper_model import Whisper

SPANISH = REPOSITORY / "tests" / "data" / "speech" / "es" / "conf-waitforleader.mp3"


def test_all_formats_hold_the_same_words(whisper: Whisper) -> None:
    with SPANISH.open("rb") as file:
        result = whisper.transcribe(decoded_pieces(file), "translate", prompt="A telephone system.")
    words = result.segments[0].text.strip()
    body = {
        name: bytes(whisper_response(result, "translate", name).body).decode() for name in FORMATS
    }

    assert "conference" in words
    assert json.loads(body["json"]) == {"text": words}
    assert json.loads(body["verbose_json"])["segments"][0]["text"].strip() == words
    assert body["text"] == f"{words}\n"
    assert [cue.content for cue in srt.parse(body["srt"])] == [words]
    assert [cue.text for cue in webvtt.from_string(body["vtt"]).captions] == [words]
