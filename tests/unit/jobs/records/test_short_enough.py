"""A record that KMS signs as it is: what is left out of a long one, and that it is counted."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audio_translation.aws.record_key import LARGEST
from audio_translation.jobs.records.short_enough import CUT, canonical

SHA256 = "f" * 64
FORMATS = ("srt", "vtt", "txt", "json", "verbose.json", "html", "ttml", "ass", "csv")


def said(name: str = "a.mp3", **changes: Any) -> dict[str, Any]:
    """Return a record of a recording in S3 in every format."""
    outputs = [f"{name}.{end}" for end in (*FORMATS, "transcript.html")]
    return {
        "type": "audio-translation-record/1",
        "job": "j" * 64,
        "source": {"name": name, "sha256": SHA256, "url": f"s3://bucket/uploads/{name}"},
        "outputs": [{"name": name, "bytes": 123_456_789, "sha256": SHA256} for name in outputs],
        "models": ["gpt-transcribe", "gpt-6-luna"],
        "settings": {"model": "gpt-transcribe", "promptSha256": SHA256, "keywordsSha256": SHA256},
        "languages": [{"language": "es", "share": 0.75}, {"language": "fr", "share": 0.25}],
        "warnings": [],
        "reference": None,
        **changes,
    }


def test_a_short_record_is_told_whole() -> None:
    assert json.loads(canonical(said())) == said()


@pytest.mark.parametrize("warnings", [30, 5_000])
def test_of_many_warnings_as_many_as_fit_are_told_and_the_others_counted(warnings: int) -> None:
    whole = [f"Something is missing at 0:{number:02}." * 3 for number in range(warnings)]
    content = canonical(said(warnings=whole))
    found = json.loads(content)
    kept = found["warnings"]
    assert kept == whole[: len(kept)]
    assert found["more"] == {"warnings": warnings - len(kept)}
    assert found["languages"] == said()["languages"]
    assert LARGEST - 150 < len(content) <= LARGEST


def test_of_long_names_the_end_is_told() -> None:
    name = "calls of the day " * 50 + "end.mp3"
    found = json.loads(canonical(said(name)))
    for one, whole in zip(found["outputs"], said(name)["outputs"], strict=True):
        assert one["name"].startswith(CUT)
        assert whole["name"].endswith(one["name"].removeprefix(CUT))
        assert (one["bytes"], one["sha256"]) == (whole["bytes"], whole["sha256"])
    assert found["source"]["name"].endswith("end.mp3")
    assert found["settings"] == said()["settings"]


ODD = st.sampled_from(["a", "\x01", "\U0001f600", '"', "é", "\ud800"])


@given(
    name=st.builds(lambda text, times: text * times, ODD, st.integers(1, 1000)),
    reference=st.builds(lambda text, times: text * times, ODD, st.integers(0, 2048)),
    model=st.builds(lambda text, times: text * times, ODD, st.integers(1, 200)),
    warnings=st.lists(st.text(min_size=200, max_size=300), max_size=40),
    languages=st.integers(0, 100),
)
def test_kms_signs_every_record(
    name: str, reference: str, model: str, warnings: list[str], languages: int
) -> None:
    spoken = [{"language": "es", "share": 0.123456}] * languages
    whole = said(
        name,
        reference=reference,
        models=[model] * 3,
        warnings=warnings,
        languages=spoken,
    )
    content = canonical(whole)
    found = json.loads(content)
    assert len(content) <= LARGEST
    assert [one["sha256"] for one in found["outputs"]] == [SHA256] * (len(FORMATS) + 1)
    more = found.get("more", {})
    assert len(found["warnings"]) + more.get("warnings", 0) == len(warnings)
    assert len(found["languages"]) + more.get("languages", 0) == languages
