"""``audio-translate RECORDING...``: the command itself."""

import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from typing import Any

import click

from audio_translate.batch import at_once
from audio_translate.client import AudioTranslate
from audio_translate.command.exits import NO_SERVICE, interruptible
from audio_translate.command.outputs import Target, WrongOutput, format_in, targets
from audio_translate.command.recordings import recordings_of
from audio_translate.command.report import Report
from audio_translate.command.screen import Bars, Lines
from audio_translate.configuration import LOCAL
from audio_translate.errors import (
    AudioTranslateError,
    ConnectionFailed,
    InvalidApiKey,
    NotWritten,
    SourceNotReadable,
    Stopped,
)
from audio_translate.job import Job
from audio_translate.result import Result
from audio_translate.writing import write

CANCELLING = "Cancelling; Ctrl-C again leaves at once."


@dataclass(frozen=True)
class Wishes:
    """What the options ask for, but for the fields of the request, which are ``fields``."""

    output: str | None
    formats: tuple[str, ...] | None
    fields: dict[str, Any]
    overwrite: bool = False
    skip_existing: bool = False
    record: bool = False
    jobs: int = 4
    timeout: float | None = None
    wait: bool = True
    quiet: bool = False
    as_json: bool = False


def screen_for(*, quiet: bool) -> Lines:
    """Return bars for a terminal, lines for anything else."""
    return Bars() if sys.stderr.isatty() and not quiet else Lines(quiet=quiet)


def translate(client: AudioTranslate, arguments: Sequence[str], wishes: Wishes) -> int:
    """Translate everything that is named; return the exit status.

    Raises click.UsageError, and AudioTranslateError if no service answers.
    """
    recordings = recordings_of(arguments)
    formats = wishes.formats or (format_in(wishes.output) or "text",)
    try:
        planned = targets(recordings, wishes.output, formats, record=wishes.record)
    except WrongOutput as error:
        raise click.UsageError(str(error)) from error
    report = Report(screen_for(quiet=wishes.quiet), as_json=wishes.as_json)
    for note in client.notes:
        report.note(note)
    kept = list(planned if not wishes.wait else _unwritten(planned, wishes, report))
    if any(not one.recording.problem for one in kept):
        greet(client)
    fields = {**wishes.fields, "format": formats, "record": wishes.record or None}
    run = _Run(client, wishes, fields, report)
    with interruptible(lambda: report.note(CANCELLING)):
        try:
            status = run.all(kept)
        except KeyboardInterrupt:
            for text in run.not_cancelled:
                report.note(text)
            raise
    report.summary()
    return status or report.status


def greet(client: AudioTranslate) -> None:
    """Return if something answers; raises ConnectionFailed, which says what to do."""
    try:
        client.answers()
    except ConnectionFailed as error:
        told = f"Nothing answers at {client.url}. {error.message}"
        if client.url == LOCAL:
            told = (
                f"Nothing answers at {LOCAL}. Start the local service there (make serve), or name a"
                " deployment: --url, AUDIO_TRANSLATE_URL, or the configuration file."
            )
        raise ConnectionFailed(told, refused=error.refused) from error


def _unwritten(planned: list[Target], wishes: Wishes, report: Report) -> Iterator[Target]:
    """Yield those whose results may be written; asks before anything is paid, if there is who."""
    for target in planned:
        existing = target.existing
        if not existing or wishes.overwrite:
            yield replace(target, replaces=wishes.overwrite)
        elif wishes.skip_existing:
            report.skipped(target.recording, existing)
        elif sys.stdin.isatty() and sys.stderr.isatty():
            if click.confirm(f"{existing[0]} is there already. Replace it?", err=True):
                yield replace(target, replaces=True)
            else:
                report.skipped(target.recording, existing)
        else:
            told = f"{existing[0]} is there already; --overwrite replaces it."
            report.failed(target.recording, NotWritten(told))


@dataclass
class _Run:
    client: AudioTranslate
    wishes: Wishes
    fields: dict[str, Any]
    report: Report
    stop: threading.Event = field(default_factory=threading.Event)
    not_cancelled: list[str] = field(default_factory=list)

    def all(self, planned: list[Target]) -> int:
        """Do all; return the status if it must end early, else 0."""
        work: Callable[[Target], Result | Job] = self._translate if self.wishes.wait else self._send
        outcomes = at_once(max(1, self.wishes.jobs), work, planned, self.stop)
        with self.report.screen, closing(outcomes):
            for outcome in outcomes:
                recording = outcome.source.recording
                self.report.screen.done(recording.shown)
                error = outcome.error
                if isinstance(outcome.result, Job):
                    self.report.submitted(recording, outcome.result)
                elif outcome.result is not None:
                    error = self._write(outcome.source, outcome.result)
                if error is not None:
                    self.report.failed(recording, error)
                    if isinstance(error, InvalidApiKey):
                        return NO_SERVICE  # the others would be told the same
        return 0

    def _translate(self, target: Target) -> Result:
        try:
            result = self.client.translate(self._source(target), **self._how(target))
            if result.untranslated_segments:
                result.untranslated_seconds  # noqa: B018  fetched in this thread
        except Stopped as error:
            if error.goes_on:
                self.not_cancelled.append(f"Not cancelled: audio-translate job {error.job_id}")
            raise
        except InvalidApiKey:
            self.stop.set()  # before the next one begins: it would be told the same
            raise
        return result

    def _send(self, target: Target) -> Job:
        return self.client.submit(self._source(target), **self._how(target))

    def _source(self, target: Target) -> Any:
        if target.recording.problem:
            shown = target.recording.shown
            raise SourceNotReadable(f"{shown}: {target.recording.problem}.")
        return target.recording.source

    def _how(self, target: Target) -> dict[str, Any]:
        shown = target.recording.shown
        return {
            **self.fields,
            "timeout": self.wishes.timeout,
            "stop": self.stop,
            "on_progress": lambda progress: self.report.screen.progress(shown, progress),
        }

    def _write(self, target: Target, result: Result) -> AudioTranslateError | None:
        try:
            deliver(target, result, self.report)
        except AudioTranslateError as error:
            error.job_id = error.job_id or result.job_id
            return error
        return None


def deliver(target: Target, result: Result, report: Report) -> None:
    """Write what a target names, and tell of it; raises AudioTranslateError."""
    written, text = [], None
    for name, path in target.files:
        content = result.content(name)
        if path is None:
            text = content
        else:
            write(path, content.encode(), overwrite=target.replaces)
            written.append(path)
    if target.record:
        written += result.save_record(target.record, overwrite=target.replaces)
    report.translated(target.recording, result, written, text)
