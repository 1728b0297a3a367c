"""Whoever gets text in another language than the one asked for is told so, after a second try."""

import json
from dataclasses import replace
from typing import Any

import srt

from audio_translation.aws.bucket_keys import translation_key
from audio_translation.transcript import to_json
from audio_translation.translation.warnings import with_warnings
from tests.contract.jobs_over_http import MINE, TRANSLATION, finished, put
from tests.fakes.provider.answers import Answer, envelope, verbose_json
from tests.worlds.http_api import ROUTE, ApiWorld

SPANISH = "Lo siento, pero esa no es una extensión válida."
ENGLISH = "I am sorry, but that is not a valid extension."
HEADER = "X-Untranslated-Segments"


def ask(world: ApiWorld, url: str, *answers: Answer, **fields: Any) -> Any:
    world.provider.script.extend(answers)
    response = world.post({"audioFileUrl": url, "responseFormat": "verbose_json", **fields})
    assert response.status_code == 200, response.text
    return response


def counted(world: ApiWorld) -> list[float]:
    lines = [json.loads(line) for line in world.log.getvalue().splitlines() if line[:1] == "{"]
    return [n for line in lines for n in line.get("UntranslatedSegments", [])]


def test_an_echo_is_asked_for_once_more_and_replaced_by_its_translation(
    world: ApiWorld, audio_url: str
) -> None:
    first, second = Answer(verbose_json(SPANISH)), Answer(verbose_json(ENGLISH))
    response = ask(world, audio_url, first, second, prompt="A switchboard.")
    body = response.json()
    assert body["text"] == ENGLISH
    assert "warnings" not in body
    assert HEADER not in response.headers
    assert counted(world) == [0]
    one, other = world.provider.received
    assert (one.file_name, float(one.fields["temperature"])) == ("audio.wav", 0)
    assert (other.file_name, other.fields["temperature"]) == ("audio.flac", "0.2")
    assert one.fields["prompt"] == other.fields["prompt"] == "A switchboard."
    assert list(world.work_folder.iterdir()) == []


def test_what_is_in_the_wrong_language_twice_is_marked_told_and_counted(
    world: ApiWorld, audio_url: str
) -> None:
    first = Answer(verbose_json("Hello there.", SPANISH, seconds_each=0.2))
    response = ask(world, audio_url, first, Answer(verbose_json(SPANISH)), temperature=0.5)
    assert response.headers[HEADER] == "1"
    body = response.json()
    assert body["text"] == f"Hello there. {SPANISH}"
    assert [segment.get("untranslated") for segment in body["segments"]] == [None, True]
    assert body["warnings"] == [
        "1 of 2 segments could not be translated; it is in the language spoken."
    ]
    assert counted(world) == [1]
    assert [r.fields["temperature"] for r in world.provider.received] == ["0.5", "0.5"]


def test_a_second_call_that_fails_costs_nobody_the_first_answer(
    world: ApiWorld, audio_url: str
) -> None:
    refused = Answer(envelope("Invalid file format."), status=400)
    response = ask(world, audio_url, Answer(verbose_json(SPANISH)), refused)
    assert (response.json()["text"], response.headers[HEADER]) == (SPANISH, "1")
    assert len(world.provider.received) == 2


def test_english_is_asked_for_once(world: ApiWorld, audio_url: str) -> None:
    response = ask(world, audio_url, Answer(verbose_json(ENGLISH, "Juan García Rodríguez")))
    assert HEADER not in response.headers
    assert len(world.provider.received) == 1
    assert counted(world) == [0]


def test_the_formats_without_marks_have_the_header_too(world: ApiWorld, audio_url: str) -> None:
    twice = Answer(verbose_json(SPANISH)), Answer(verbose_json(SPANISH))
    response = ask(world, audio_url, *twice, responseFormat="text")
    assert (response.text, response.headers[HEADER]) == (f"{SPANISH}\n", "1")


def test_a_jobs_translation_has_the_header_the_marks_and_the_sources(jobs: ApiWorld) -> None:
    first, second = TRANSLATION.segments
    segments = (
        replace(first, source="Hola.", spoken="es"),
        replace(second, untranslated=True, source=second.text, spoken="es"),
    )
    stored = to_json(with_warnings(replace(TRANSLATION, segments=segments), (), ()))
    plain, bilingual = finished(jobs), finished(jobs, include=["source"])
    for job_id in (plain, bilingual):
        put(jobs, translation_key(job_id), stored)

    def read(job_id: str, name: str) -> Any:
        response = jobs.get(f"/jobs/{job_id}/translation?format={name}", headers=MINE)
        assert response.headers[HEADER] == "1"
        response.encoding = "utf-8"
        return response

    shown = read(bilingual, "verbose_json").json()
    assert [s["source"] for s in shown["segments"]] == ["Hola.", " Señor — 你好."]
    assert [s["spoken"] for s in shown["segments"]] == ["spanish", "spanish"]
    assert [s.get("untranslated") for s in shown["segments"]] == [None, True]
    assert shown["warnings"] == [
        "1 of 2 segments could not be translated; it is in the language spoken."
    ]
    contents = [cue.content for cue in srt.parse(read(bilingual, "srt").text)]
    assert contents == ["Hola.\nHello there.", "Señor — 你好."]
    assert next(srt.parse(read(plain, "srt").text)).content == "Hello there."
    assert not any("source" in s for s in read(plain, "verbose_json").json()["segments"])


def test_the_header_is_described(world: ApiWorld) -> None:
    paths = world.get("/openapi.json").json()["paths"]
    for operation in (paths[ROUTE]["post"], paths["/jobs/{job_id}/translation"]["get"]):
        assert HEADER in operation["responses"]["200"]["headers"]
