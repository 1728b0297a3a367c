"""Events of created objects: any key, and the same content once more."""

import time
import unicodedata

from tests.audio.tones import english, spoken
from tests.fakes.provider.speech_provider import SpeechProvider
from tests.integration.uploads.recordings_and_jobs import words
from tests.worlds.uploads import UploadWorld

KEYS = [
    "a b+c 100%.wav",
    "a%20b.wav",
    "a%2Fb.wav",
    "a&b=c#d?e.wav",
    "\"quoted\" 'single' `back` <&> back\\slash.wav",
    ".folder/..wav",
    unicodedata.normalize("NFC", "Café.wav"),
    unicodedata.normalize("NFD", "Café.wav"),
    "日本語/録音 1.wav",
    "a//b.wav",
    "no extension",
    "ends in a space ",
    "😀.wav",
    "l" * 900 + ".wav",
]


def test_every_key_survives_and_gets_its_own_translation(
    uploads: UploadWorld, provider: SpeechProvider
) -> None:
    for number, key in enumerate(KEYS):
        uploads.put(f"uploads/{key}", spoken([number]))
    uploads.settle()
    for number, key in enumerate(KEYS):
        assert words(uploads, key) == english(number)
        assert english(number) in uploads.read(f"translations/{key}.vtt")
    assert len(uploads.written()) == 2 * len(KEYS)
    assert len(provider.received) == len(KEYS)
    assert uploads.roles.refused == []


def test_the_same_content_with_other_options_is_translated_again(
    uploads: UploadWorld, provider: SpeechProvider
) -> None:
    uploads.put("uploads/a.wav", spoken([1]))
    uploads.settle()
    time.sleep(1)  # S3 tells whole seconds
    uploads.put("uploads/a.wav", spoken([1]), response_format="srt")
    uploads.settle()
    assert [key.rpartition(".")[2] for key in uploads.written()] == ["json", "srt", "vtt"]
    assert len(provider.received) == 2
