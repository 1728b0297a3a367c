"""Records of jobs as their readers check them, and what one changed byte does to them."""

import hashlib
import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from audio_translation.aws.bucket_keys import job_folder
from audio_translation.errors import Internal
from audio_translation.formats.render import render
from audio_translation.formats.response_format import ResponseFormat
from audio_translation.wiring.request_functions import request_functions
from tests.openssl import openssl_verifies
from tests.worlds.recorded import TWO_STEPS, Recorded, wrong
from tools.verify.check_record import NotChecked, check


def test_a_record_holds_and_openssl_checks_it(recorded: Recorded, tmp_path: Path) -> None:
    job_id = recorded.job(responseFormat="srt", **TWO_STEPS)
    folder = recorded.downloaded(job_id, tmp_path / "job")
    report = check(folder / "record.json")
    assert report.holds
    assert [(finding.name, finding.right) for finding in report.findings] == [
        ("record.json", True),
        ("result.srt", True),
        ("transcript.html", True),
        ("source job-1.wav", True),
    ]
    said = json.loads((folder / "record.json").read_bytes())
    assert said["source"]["sha256"] == hashlib.sha256(recorded.audio).hexdigest()
    assert said["models"] == ["gpt-transcribe", "gpt-6-luna"]
    signature = (folder / "record.json.sig").read_bytes()
    pem = (folder / "key.pem").read_text()
    record = (folder / "record.json").read_bytes()
    assert openssl_verifies(record, signature, pem, tmp_path / "theirs")


CHANGED = {
    "result.srt": ["result.srt"],
    "transcript.html": ["transcript.html"],
    "job-1.wav": ["source job-1.wav"],
    "record.json.sig": ["record.json"],
    "record.json": ["record.json"],
}
"""What is told of a changed file: its own name, and nothing of the others."""


def test_one_byte_changed_anywhere_is_found_and_named(recorded: Recorded, tmp_path: Path) -> None:
    job_id = recorded.job(responseFormat="srt", **TWO_STEPS)
    folder = recorded.downloaded(job_id, tmp_path / "job")
    assert found(folder) == []
    for name, told in CHANGED.items():
        content = (folder / name).read_bytes()
        for place in (0, len(content) // 2, -1):
            changed = bytearray(content)
            changed[place] ^= 1
            (folder / name).write_bytes(changed)
            assert found(folder) == told, (name, place)
        (folder / name).write_bytes(content)


def found(folder: Path) -> list[str]:
    """Which files are told to be changed; a record may be changed so that it is none any more."""
    try:
        return wrong(check(folder / "record.json"))
    except NotChecked as error:
        return [str(error).partition(": CHANGED")[0]]


def test_another_key_signs_nothing_of_this_one(recorded: Recorded, tmp_path: Path) -> None:
    folder = recorded.downloaded(recorded.job(), tmp_path / "job")
    other = recorded.jobs.aws.new_record_key()
    with recorded.jobs.settings(RECORDS="on", RECORD_KEY=other):
        again = recorded.downloaded(recorded.job("job-2"), tmp_path / "other")
    shutil.copy(again / "key.pem", folder / "key.pem")
    assert wrong(check(folder / "record.json")) == ["record.json"]


@pytest.mark.parametrize("wishes", [{}, {"responseFormat": "verbose_json", "include": ["source"]}])
def test_each_format_and_engine_is_recorded(
    recorded: Recorded, tmp_path: Path, wishes: dict[str, Any]
) -> None:
    job_id = recorded.job(**wishes)
    assert recorded.checked(job_id, tmp_path / "job").holds
    assert recorded.jobs.find(job_id).revision == 0
    page = (tmp_path / "job" / "transcript.html").read_text()
    assert "This is sentence 2." in page
    assert ("Esta es la frase 2." in page) == bool(wishes)


def test_the_owner_sees_links_to_it(recorded: Recorded) -> None:
    view = recorded.jobs.view(recorded.job())
    links = view["record"]
    assert (links["revision"], links["previous"]) == (0, None)
    assert "/record.json?" in links["url"]
    assert "/record.json.sig?" in links["signatureUrl"]
    assert "/transcript.html?" in links["transcriptUrl"]


def test_a_job_without_one_has_none(recorded: Recorded) -> None:
    job_id = recorded.jobs.job(recorded.jobs.source.file("/a.wav", recorded.audio), "plain")
    from tests.worlds.jobs import run

    run(job_id)
    assert recorded.jobs.view(job_id)["record"] is None
    names = [key for key in recorded.jobs.stored() if key.startswith(f"jobs/{job_id}/")]
    assert not any("record" in name or "heard" in name or "html" in name for name in names)


def test_where_it_is_not_known_what_was_heard_there_is_no_half_record(recorded: Recorded) -> None:
    job_id = recorded.job()
    files, folder = recorded.jobs.files, job_folder(job_id)
    translation = files.translation(job_id)
    files.bucket.delete_folder(folder)
    records = request_functions().corrections.records
    assert records
    with pytest.raises(Internal, match="which file"):
        records.keep(
            recorded.jobs.find(job_id), translation, render(translation, ResponseFormat.SRT)
        )
    assert not [key for key in recorded.jobs.stored() if key.startswith(folder)]
