"""The commands that docs/ show for transcripts, records and corrections, as they are typed."""

import hashlib
import json
import re
from dataclasses import replace
from pathlib import Path

from audio_translation.aws.bucket_keys import translation_key
from audio_translation.transcript import Segment, ServedBy, to_json
from local import REPOSITORY
from tests.contract.jobs_over_http import ERROR, MINE, TRANSLATION, put, submit, table
from tests.e2e.shown_commands import run, shown
from tests.fakes.provider.answers import Answer, verbose_json
from tests.fakes.provider.text_answers import listed, translated
from tests.unit.tools.verify.signed_files import FILES, signed
from tests.worlds.http_api import ApiWorld
from tests.worlds.live import LiveWorld

PAGE = (REPOSITORY / "docs" / "practice.md").read_text()


def environment(world: ApiWorld, **more: str) -> dict[str, str]:
    return {"API_URL": world.url, "API_KEY": MINE["x-api-key"], **more}


def test_a_transcript_is_written(world: ApiWorld, audio_url: str, tmp_path: Path) -> None:
    command = shown("ask for a transcript").replace("https://example.com/interview.mp3", audio_url)
    run(command, environ=environment(world), cwd=tmp_path)
    assert (tmp_path / "interview.html").read_text().startswith("<!DOCTYPE html>")


def test_a_sentence_is_practiced(world: ApiWorld, wav: bytes, tmp_path: Path) -> None:
    (tmp_path / "reading.mp3").write_bytes(wav)
    world.provider.default = Answer(verbose_json("Buenos díos todos, eh.", seconds_each=0.5))
    ran = run(shown("practice a sentence"), environ=environment(world), cwd=tmp_path)
    (block,) = re.findall(r"```json\n(.*?)```", PAGE, re.DOTALL)
    told, wanted = json.loads(ran.stdout), json.loads(block)
    assert set(told) == set(wanted)
    for one, other in zip(told["words"], wanted["words"], strict=True):
        assert {**one, "start": 0, "end": 0} == {**other, "start": 0, "end": 0}


def test_a_record_is_verified_with_its_key_and_without_us(tmp_path: Path) -> None:
    folder = tmp_path / "case-7"
    record = signed(folder)
    by_us = run(shown("verify a record").replace("case-7", str(folder)))
    assert by_us.stdout.splitlines()[-1] == "The record holds."
    assert run(shown("verify a record without us"), cwd=folder).stdout == "Verified OK\n"
    (folder / "interview.mp3").write_bytes(FILES["a.mp3"])
    sums = run(shown("compare what is recorded"), cwd=folder).stdout.split()[::2]
    said = json.loads(record.read_text())
    assert sums == [one["sha256"] for one in (*said["outputs"], said["source"])]
    assert sums[-1] == hashlib.sha256(FILES["a.mp3"]).hexdigest()


def test_the_list_of_providers_on_its_page_is_valid(tmp_path: Path) -> None:
    page = (REPOSITORY / "docs" / "providers.md").read_text()
    (block,) = re.findall(r"```json\n(.*?)```", page, re.DOTALL)
    (tmp_path / "providers.json").write_text(block)
    command = shown("check a list of providers").replace("=", f"={tmp_path}/")
    assert run(command).stdout.splitlines()[0] == "translation: openai then groq then own"


def test_a_job_that_has_failed_goes_on(jobs: ApiWorld) -> None:
    job_id = submit(jobs)
    table(jobs).fail(job_id, ERROR, partial=False)
    ran = run(shown("have a job go on"), environ=environment(jobs, JOB=job_id))
    assert json.loads(ran.stdout)["status"] == "queued"


def test_the_key_of_records_is_read_and_a_segment_is_corrected(
    world: ApiWorld, tmp_path: Path
) -> None:
    segments = [Segment(1_000 * n, 1_000 * n + 900, "eno", source="one") for n in range(13)]
    said = replace(TRANSLATION, segments=tuple(segments), duration=13_000, model="gpt-transcribe")
    with world.with_jobs(RECORDS="on", RECORD_KEY=world.aws.new_record_key()):
        run(shown("read the key of records"), environ=environment(world), cwd=tmp_path)
        assert (tmp_path / "key.pem").read_text().startswith("-----BEGIN PUBLIC KEY-----")
        job = submit(world, responseFormat="text")
        table(world).begin(job)
        table(world).translated(job, duration=13_000, chunks=1, paid=13_000)
        put(world, translation_key(job), to_json(said))
        table(world).succeed(job, served=ServedBy("gpt-transcribe"))
        command = shown("correct a segment")
        text = translated("La reunión es a las tres.")
        world.provider.script.append(listed([{"id": 12, "text": text}]))
        run(command, environ=environment(world, JOB=job))
        assert world.get(f"/jobs/{job}/translation", headers=MINE).text == f"{'eno ' * 12}{text}\n"


def test_a_live_session_goes_from_its_opening_to_the_job(world: ApiWorld) -> None:
    with world.with_jobs():
        opened = f"{shown('open a session')}; echo $SESSION"
        session = run(opened, environ=environment(world)).stdout.strip()
        known = environment(world, SESSION=session)
        said = json.loads(run(shown("say an utterance"), environ=known).stdout)
        assert (said["seq"], said["text"], said["final"]) == (0, "Hello there.", True)
        assert "Hello there." in run(shown("read a session"), environ=known).stdout
        ended = json.loads(run(shown("end a session"), environ=known).stdout)
        assert (ended["id"], ended["live"]) == (session, True)
        LiveWorld(world).run(session, "ended")
        assert "Hello there." in run(shown("read what it became"), environ=known).stdout
