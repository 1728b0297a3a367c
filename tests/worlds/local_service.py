"""The whole service on this machine, with Whisper, and its provider alone: ways for a long file."""

import time
from pathlib import Path
from typing import Any

import requests
from pydantic import TypeAdapter

from audio_translation.audio.chunk_plan import Chunk
from audio_translation.aws.bucket_keys import parts_folder
from audio_translation.transcript import Segment, milliseconds
from audio_translation.translation.stitching import Part
from local.aws.resources import BUCKET
from local.provider.server_process import PROVIDER_KEY
from local.service import LocalService
from tests.audio.accuracy import TranslatedFile


def translated_by_job(
    service: LocalService, audio: Path, *, within: float, **fields: Any
) -> TranslatedFile:
    """Have the file translated by a job; fails if that takes longer than so many seconds.

    ``fields`` go into the request.
    """
    started = time.monotonic()
    body = {"audioFileUrl": service.put(audio, "audio"), **fields}
    headers = {"Prefer": "respond-async"}
    answer = requests.post(f"{service.url}/translate", json=body, headers=headers, timeout=60)
    assert answer.status_code == 202, answer.text
    url = answer.headers["Location"]
    while (state := requests.get(url, timeout=60).json())["status"] in {"queued", "running"}:
        assert time.monotonic() < started + within, state["progress"]
        time.sleep(0.5)
    assert state["status"] == "succeeded", state["error"]
    assert state["model"] == fields.get("model", "whisper-1")
    seconds = time.monotonic() - started
    found = requests.get(f"{url}/translation?format=verbose_json", timeout=60)
    chunks = _chunks(service, state["id"])
    assert state["progress"]["chunks"] == {"done": len(chunks), "total": len(chunks)}
    return TranslatedFile(_segments(found.json()), chunks, seconds)


def _chunks(service: LocalService, job_id: str) -> list[Chunk]:
    s3, reader, found = service.s3(), TypeAdapter(Part), []
    for item in s3.list_objects_v2(Bucket=BUCKET, Prefix=parts_folder(job_id))["Contents"]:
        with s3.get_object(Bucket=BUCKET, Key=item["Key"])["Body"] as body:
            found.append(reader.validate_json(body.read()).chunk)
    return found


def translated_in_one_call(service: LocalService, audio: Path, *, within: float) -> TranslatedFile:
    """Have the whole file translated by the provider itself, in one call."""
    started = time.monotonic()
    with audio.open("rb") as file:
        answer = requests.post(
            f"{service.provider_url}/audio/translations",
            headers={"Authorization": f"Bearer {PROVIDER_KEY}"},
            files={"file": (audio.name, file, "audio/mpeg")},
            data={"model": "whisper-1", "response_format": "verbose_json"},
            timeout=within,
        )
    assert answer.status_code == 200, answer.text
    return TranslatedFile(_segments(answer.json()), [], time.monotonic() - started)


def _segments(answer: dict[str, Any]) -> list[Segment]:
    return [
        Segment(
            milliseconds(s["start"]),
            milliseconds(s["end"]),
            s["text"].strip(),
            source=s.get("source"),
            spoken=s.get("spoken"),
            untranslated=s.get("untranslated", False),
        )
        for s in answer["segments"]
    ]
