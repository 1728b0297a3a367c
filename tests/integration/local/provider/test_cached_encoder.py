"""The cache of encoded sound changes no result."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from faster_whisper import WhisperModel  # type: ignore[import-untyped]
from faster_whisper.audio import decode_audio  # type: ignore[import-untyped]

from local.provider.cached_encoder import CachedEncoderModel
from local.provider.whisper_weights import model_to_load
from tests.audio.recordings import FOLDER

OPTIONS: dict[str, Any] = {"device": "cpu", "compute_type": "int8", "cpu_threads": 1}
FILES = ["es/conf-waitforleader.mp3"]


@pytest.fixture(scope="module")
def weights() -> str:
    return model_to_load({})


@pytest.fixture(scope="module")
def cached(weights: str) -> CachedEncoderModel:
    return CachedEncoderModel(weights, **OPTIONS)


def translated(model: WhisperModel, path: Path) -> Any:
    segments, info = model.transcribe(decode_audio(str(path)), task="translate", vad_filter=True)
    return [(s.start, s.end, s.text, s.tokens) for s in segments], info.language


def test_recordings_are_translated_as_without_it(weights: str, cached: CachedEncoderModel) -> None:
    plain = WhisperModel(weights, **OPTIONS)
    for name in FILES:
        assert translated(cached, FOLDER / name) == translated(plain, FOLDER / name), name


def test_the_same_sound_is_encoded_once(
    cached: CachedEncoderModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    encoded: list[Any] = []
    encode = WhisperModel.encode

    def counted(model: WhisperModel, features: Any) -> Any:
        encoded.append(features)
        return encode(model, features)

    monkeypatch.setattr(WhisperModel, "encode", counted)
    cached._encoded.clear()
    first = translated(cached, FOLDER / FILES[0])
    assert len(encoded) == 1, "the language is detected by what is decoded"
    assert translated(cached, FOLDER / FILES[0]) == first
    assert len(encoded) == 1


def test_no_more_is_kept_than_a_few_half_minutes(
    cached: CachedEncoderModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(WhisperModel, "encode", lambda _, features: features)
    for number in range(40):
        cached.encode(np.full((80, 3), number, dtype=np.float32))
    assert len(cached._encoded) == 16
    cached._encoded.clear()
