"""What a record says, and that it says it in one way only."""

import hashlib
import json
import tomllib
from dataclasses import replace
from pathlib import Path

import pytest
from pydantic.alias_generators import to_camel

from audio_translation.jobs.records.record import ENGINE, HeardFile, Previous, record
from audio_translation.transcript import Segment, Translation
from audio_translation.translation.request import TranslationRequest
from local import REPOSITORY
from tests.unit.jobs.made_jobs import made

SOURCE = HeardFile(name="a.mp3", bytes=3, sha256="0" * 64)
TRANSLATION = Translation(
    segments=(
        Segment(0, 1_000, "Hello.", source="Hola.", spoken="es"),
        Segment(1_000, 2_000, "Adiós.", source="Adiós.", spoken="es", untranslated=True),
    ),
    language="english",
    duration=2_000,
    model="gpt-transcribe",
    warnings=("Something is missing.",),
    languages=(("es", 1.0),),
)
REQUEST = TranslationRequest.model_validate(
    {
        "audioFileUrl": "https://user:pass@a.test/a.mp3?X-Amz-Signature=secret",
        "prompt": "Mrs. Nobody rang.",
        "keywords": ["Nobody"],
        "temperature": 0.2,
        "targetLanguage": "en",
        "responseFormat": "srt",
        "reference": "case 7",
        "record": True,
    }
)


def said(translation: Translation = TRANSLATION, request: TranslationRequest = REQUEST) -> bytes:
    outputs = {"result.srt": b"1\n", "transcript.html": b"<html>"}
    job = made("job-1", request=request)
    return record(job, translation, SOURCE, outputs, text_model="gpt-6-luna", key="k")


def test_it_says_what_was_heard_and_made_by_whom_and_how() -> None:
    found = json.loads(said())
    assert found["source"] == {
        "name": "a.mp3",
        "bytes": 3,
        "sha256": "0" * 64,
        "url": "https://a.test/a.mp3",
        "milliseconds": 2_000,
    }
    assert found["outputs"] == [
        {"name": name, "bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}
        for name, content in (("result.srt", b"1\n"), ("transcript.html", b"<html>"))
    ]
    assert found["models"] == ["gpt-transcribe", "gpt-6-luna"]
    assert found["engine"] == ENGINE
    assert set(found["times"]) == {"asked", "begun", "recorded"}
    assert all(time.endswith("Z") for time in found["times"].values())
    assert found["settings"]["targetLanguage"] == "en"
    assert found["settings"]["temperature"] == 0.2
    assert found["languages"] == [{"language": "es", "share": 1}]
    assert (found["segments"], found["untranslatedSegments"]) == (2, 1)
    assert found["warnings"] == ["Something is missing."]
    assert (found["reference"], found["key"], found["revision"]) == ("case 7", "k", 0)
    assert "previous" not in found


def test_what_others_shall_not_read_is_in_it_as_a_hash() -> None:
    text = said().decode()
    for secret in ("Nobody", "secret", "pass", "Hola", "Hello"):
        assert secret not in text
    prompt = hashlib.sha256(b"Mrs. Nobody rang.").hexdigest()
    assert json.loads(text)["settings"]["promptSha256"] == prompt


def test_it_is_canonical() -> None:
    """For what it holds, sorted keys, no blanks and plain numbers are RFC 8785."""
    content = said()
    plain = json.dumps(
        json.loads(content, parse_float=float),
        sort_keys=True,
        separators=(",", ":"),
        ensure_ascii=False,
    )
    assert content == plain.encode()


def test_one_step_names_one_model() -> None:
    once = replace(
        TRANSLATION, segments=(Segment(0, 1, "Hello."),), model="whisper-1, gpt-transcribe"
    )
    assert json.loads(said(once))["models"] == ["whisper-1", "gpt-transcribe"]


def test_a_transcription_has_no_target() -> None:
    request = REQUEST.model_copy(update={"transcribe": True})
    settings = json.loads(said(request=request))["settings"]
    assert (settings["task"], settings["targetLanguage"]) == ("transcribe", None)


@pytest.mark.parametrize("odd", ["\ud800", "a\u2028b", "\x00", "\U0001f600"])
def test_any_text_can_be_told(odd: str) -> None:
    request = REQUEST.model_copy(update={"reference": odd, "prompt": odd, "keywords": (odd,)})
    assert json.loads(said(request=request))["reference"] == odd.replace("\ud800", "\ufffd")


def test_a_correction_names_the_record_that_it_replaces() -> None:
    previous = Previous(revision=2, sha256="1" * 64, corrected=[4, 9])
    content = record(
        made("job-1", request=REQUEST), TRANSLATION, SOURCE, {}, text_model="t", key="k",
        previous=previous,
    )  # fmt: skip
    found = json.loads(content)
    assert found["revision"] == 3
    assert found["previous"] == {"revision": 2, "sha256": "1" * 64}
    assert found["correctedSegments"] == [4, 9]


def test_the_file_that_was_heard_is_known_by_its_bytes(tmp_path: Path) -> None:
    path = tmp_path / "audio"
    path.write_bytes(b"sound" * 300_000)
    heard = HeardFile.of(path, "a.mp3")
    assert heard.name == "a.mp3"
    assert heard.bytes == 1_500_000
    assert heard.sha256 == hashlib.sha256(b"sound" * 300_000).hexdigest()


def test_the_engines_version_is_the_projects() -> None:
    project = tomllib.loads((REPOSITORY / "pyproject.toml").read_text())["project"]
    assert f"{project['name']} {project['version']}" == ENGINE


def test_the_settings_are_all_that_was_asked_for() -> None:
    """What is in other fields of the record, or is about the answer's way, is not among them."""
    elsewhere = {"audio_file_url", "reference", "callback_url", "save_source", "record"}
    elsewhere |= {"max_cost_usd", "cache"}
    told = set(json.loads(said())["settings"])
    for name in set(TranslationRequest.model_fields) - elsewhere:
        camel = to_camel(name)
        assert told & {camel, f"{camel}Sha256", {"transcribe": "task"}.get(name, camel)}, name
