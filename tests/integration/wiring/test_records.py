"""What signs records is there where the settings name a key, and imported only then."""

import subprocess
import sys

import pytest

from audio_translation.aws.clients import Clients
from audio_translation.errors import NotFound
from audio_translation.settings import Settings
from audio_translation.wiring.job_storage import job_management
from audio_translation.wiring.records import make_corrections, make_record_key, make_records
from local import REPOSITORY

CLIENTS = Clients()


def test_with_a_key_there_are_records() -> None:
    settings = Settings(records="on", record_key="alias/k", text_model="t", job_table="jobs")
    jobs = job_management(settings, CLIENTS)
    made = make_records(settings, CLIENTS, jobs.files)
    assert made is not None
    assert (made.key.name, made.text_model, made.files) == ("k", "t", jobs.files)
    assert jobs.defaults.records == "on"

    def no_texts() -> None:
        raise AssertionError("made before it is needed")

    corrections = make_corrections(settings, CLIENTS, jobs, no_texts)  # type: ignore[arg-type]
    assert corrections.records == made
    assert corrections.table.table == "jobs"


def test_without_a_key_there_are_none() -> None:
    settings = Settings()
    assert make_records(settings, CLIENTS, job_management(settings, CLIENTS).files) is None
    with pytest.raises(NotFound, match="Records"):
        make_record_key(settings, CLIENTS)


def test_a_function_that_signs_nothing_imports_nothing_for_it() -> None:
    program = (
        "import sys, audio_translation.handlers.http, audio_translation.handlers.upload\n"
        "new = {'rfc8785', 'cryptography', 'audio_translation.aws.record_key',"
        " 'audio_translation.jobs.records.record', 'audio_translation.jobs.records.corrections',"
        " 'audio_translation.jobs.records.job_records'}\n"
        "print(sorted(new & set(sys.modules)))"
    )
    ran = subprocess.run(
        [sys.executable, "-c", program],
        cwd=REPOSITORY / "functions",
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    assert ran.stdout.strip() == "[]"
