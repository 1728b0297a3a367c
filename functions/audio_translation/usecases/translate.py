"""One request from its URL to a translation: fetch, sniff, save and translate side by side."""

import re
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from audio_translation.domain.audio import Audio, FetchedFile
from audio_translation.domain.containers import refused
from audio_translation.domain.deadline import Deadline
from audio_translation.domain.engine import Engine
from audio_translation.domain.errors import ProviderTimedOut, SourceNotSaved
from audio_translation.domain.languages import name_of
from audio_translation.domain.rendering import Rendered, render
from audio_translation.domain.request import TranslationOptions
from audio_translation.domain.sniff import sniff
from audio_translation.domain.transcript import Translation, warned
from audio_translation.usecases.second_look import SecondLook

Fetch = Callable[[Path, Deadline], FetchedFile]
"""Brings the audio of the request into a folder."""

Check = Callable[[Audio], None]
"""Raises what becomes of audio that is not translated here."""

Save = Callable[[Path, str, str], str]
"""Keeps a file under a key with a MIME type and says where; raises SourceNotSaved."""


@dataclass(frozen=True)
class Outcome:
    """The answer, which model gave it, what became of the source, and what is worth counting.

    ``source_location`` and ``source_error`` are both None when nothing was to be saved;
    ``audio_time`` and ``provider_time`` are in integer milliseconds; ``untranslated`` counts the
    segments that are still in the language spoken.
    """

    rendered: Rendered
    model: str
    audio_time: int
    provider_time: int
    source_location: str | None
    source_error: str | None
    untranslated: int = 0


def translate(
    request: TranslationOptions,
    *,
    fetch: Fetch,
    check: Check,
    engine: Callable[[], Engine],
    second_look: SecondLook,
    save: Save,
    work_folder: Path,
    default_model: str,
    source_key: Callable[[str], str],
    deadline: Deadline,
) -> Outcome:
    """Translate the audio of ``request``; ``work_folder`` is as empty afterwards as before.

    ``check`` has its say before anything is saved or paid. ``engine`` is asked for only when the
    audio is there, and ``source_key`` makes the S3 key of a safe file name. A source that cannot
    be saved does not cost the caller the translation.
    """
    with tempfile.TemporaryDirectory(dir=work_folder, ignore_cleanup_errors=True) as folder:
        fetched = fetch(Path(folder), deadline)
        with fetched.path.open("rb") as file:
            audio = Audio(path=fetched.path, type=sniff(file), size=fetched.size)
        check(audio)
        pool = ThreadPoolExecutor(max_workers=2)
        saving = None
        if request.save_source:
            key = source_key(safe_name(fetched.name, audio.type.extension))
            saving = pool.submit(save, audio.path, key, audio.type.mime)
        try:
            asked, task = engine(), request.task(default_model)
            started = time.monotonic()
            translation = _in_time(
                pool.submit(asked.translate, audio, task, deadline=deadline), deadline
            )
            translation = second_look.at(translation, audio, task, engine=asked, deadline=deadline)
            provider_time = round((time.monotonic() - started) * 1000)
        finally:
            location, problem = _saved(saving, deadline)
            pool.shutdown(wait=False, cancel_futures=True)
    translation = warned(replace(translation, language=name_of(task.target)))
    return Outcome(
        rendered=render(translation, request.response_format, with_source=task.with_source),
        model=translation.model,
        audio_time=translation.duration,
        provider_time=provider_time,
        source_location=location,
        source_error=problem,
        untranslated=translation.untranslated,
    )


def only_direct(audio: Audio) -> None:
    """Refuse, where nothing becomes a job, what no provider takes as it is."""
    if not audio.type.direct:
        raise refused(f"The file is {audio.type.extension}, which is not accepted; convert it.")


def dated_key(folder: str, today: date, request_id: str) -> Callable[[str], str]:
    """Make the key ``<folder>/<yyyy>/<mm>/<dd>/<request id>-<name>`` from a safe name."""
    prefix = f"{folder.strip('/')}/{today:%Y/%m/%d}/{request_id}-"
    return lambda name: prefix + name


def safe_name(name: str, extension: str) -> str:
    """Give a name of at most 80 plain ASCII characters that ends in what the bytes are."""
    stem = re.sub(r"[^A-Za-z0-9._-]+", "-", name.rpartition(".")[0] or name).strip("-.")
    return f"{stem[:70] or 'audio'}.{extension}"


def _in_time(call: "Future[Translation]", deadline: Deadline) -> Translation:
    """Wait no longer than the request may take, whatever the call is stuck in."""
    try:
        return call.result(timeout=deadline.left())
    except TimeoutError:
        raise ProviderTimedOut("The provider did not answer in time. Try again later.") from None


def _saved(saving: "Future[str] | None", deadline: Deadline) -> tuple[str | None, str | None]:
    if saving is None:
        return None, None
    try:
        return saving.result(timeout=deadline.left()), None
    except TimeoutError:
        return None, "it was not finished in time"
    except SourceNotSaved as error:
        return None, str(error)
    except Exception as error:  # noqa: BLE001  the translation is paid for: it is handed out
        return None, type(error).__name__
