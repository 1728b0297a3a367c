"""What is told of each recording, and of all at the end."""

import json
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

import click

from audio_translate.command.exits import ALL_RIGHT, NOT_WAITED_FOR, SOME_FAILED
from audio_translate.command.recordings import Recording, printable
from audio_translate.command.screen import Lines, money
from audio_translate.errors import ApiError, AudioTranslateError, TimedOut
from audio_translate.job import Job
from audio_translate.result import Result


class Report:
    """Tells on ``screen``, and with ``as_json`` on stdout, an object a line."""

    def __init__(self, screen: Lines, *, as_json: bool) -> None:
        self.screen, self.as_json = screen, as_json
        self._began = time.monotonic()
        self._well, self._failed, self._late, self._skipped = 0, 0, 0, 0
        self._dollars: float | None = None

    def note(self, text: str) -> None:
        """Tell something odd, even to those who want to hear little."""
        self.screen.line(printable(text))

    def translated(
        self, recording: Recording, result: Result, written: list[Path], text: str | None
    ) -> None:
        """Tell of a recording that is done: its files, and the text if that goes to stdout."""
        self._well += 1
        if text is not None and not self.as_json:
            self._text(text)
        self._pay(result.cost)
        left = _left(result)
        if not self.screen.quiet:
            parts = [
                result.model,
                money(result.cost),
                f"job {result.job_id}" if result.job_id else None,
            ]
            told = ", ".join(printable(part) for part in parts if part)
            to = f" -> {', '.join(printable(str(path)) for path in written)}" if written else ""
            self.screen.line(f"{recording.shown}{to} ({told})")
            for warning in result.warnings:
                self.screen.line(f"{recording.shown}: warning: {printable(warning)}")
            if left["untranslatedSegments"]:
                self.screen.line(
                    f"{recording.shown}: {left['untranslatedSegments']} segments, "
                    f"{left['untranslatedSeconds']:.1f} s, are still in the language spoken"
                )
        if self.as_json:
            languages = [{"language": o.language, "share": o.share} for o in result.languages]
            self._object(
                recording,
                "succeeded",
                jobId=result.job_id,
                model=result.model,
                seconds=result.job.seconds if result.job else None,
                dollars=result.cost,
                languages=languages,
                warnings=list(result.warnings),
                **left,
                files=[printable(str(path)) for path in written],
                **({} if text is None else {"text": text}),
            )

    def submitted(self, recording: Recording, job: Job) -> None:
        """Tell of a job that goes on by itself: its id is the output."""
        self._well += 1
        self._pay(job.dollars)
        if self.as_json:
            self._object(recording, "submitted", jobId=job.id)
            return
        click.echo(job.id)
        if not self.screen.quiet:
            self.screen.line(f"{recording.shown}: job {job.id}")

    def skipped(self, recording: Recording, existing: list[Path]) -> None:
        """Tell of a recording whose results are there already."""
        self._skipped += 1
        if not self.screen.quiet:
            self.screen.line(f"{recording.shown}: skipped, {printable(str(existing[0]))} is there")
        if self.as_json:
            self._object(recording, "skipped", files=[printable(str(path)) for path in existing])

    def failed(self, recording: Recording, error: AudioTranslateError) -> None:
        """Tell why a recording failed."""
        if isinstance(error, TimedOut):
            self._late += 1
        else:
            self._failed += 1
        self.screen.line(f"{recording.shown}: {printable(error.explained)}")
        for hint in _hints(error):
            self.screen.line(f"  {hint}")
        if self.as_json:
            told: dict[str, Any] = {"message": printable(error.message)}
            if isinstance(error, ApiError):
                told |= {"code": error.code, "param": error.param, "requestId": error.request_id}
            self._object(recording, "failed", jobId=error.job_id, error=told)

    def summary(self) -> None:
        """Tell how it went, if there was more than one."""
        count = self._well + self._failed + self._late + self._skipped
        if count < 2 or self.screen.quiet:
            return
        parts = [
            f"{self._well} of {count} done",
            *(
                f"{number} {what}"
                for number, what in (
                    (self._skipped, "skipped"),
                    (self._failed, "failed"),
                    (self._late, "not waited for"),
                )
                if number
            ),
            *([money(self._dollars)] if self._dollars is not None else []),
            f"{time.monotonic() - self._began:.0f} s",
        ]
        self.screen.line(", ".join(parts))

    @property
    def status(self) -> int:
        """The exit status."""
        if self._failed:
            return SOME_FAILED
        return NOT_WAITED_FOR if self._late else ALL_RIGHT

    def _text(self, text: str) -> None:
        """Write a translation to stdout, in UTF-8 wherever that leads."""
        with self.screen.aside():
            if sys.stdout.isatty():
                click.echo(text, nl=not text.endswith("\n"))
            else:
                end = b"" if text.endswith("\n") else b"\n"
                sys.stdout.buffer.write(text.encode() + end)
                sys.stdout.buffer.flush()

    def _object(self, recording: Recording, status: str, **fields: Any) -> None:
        with self.screen.aside():
            click.echo(json.dumps({"source": recording.shown, "status": status, **fields}))

    def _pay(self, dollars: float | None) -> None:
        if dollars is not None:
            self._dollars = (self._dollars or 0.0) + dollars


def _left(result: Result) -> dict[str, float]:
    """Return how much of a translation is none; what cannot be told for certain is 0."""
    seconds = 0.0
    with suppress(AudioTranslateError):  # longer than one answer: the number is known
        seconds = result.untranslated_seconds
    return {
        "untranslatedSegments": result.untranslated_segments,
        "untranslatedSeconds": seconds,
    }


def _hints(error: AudioTranslateError) -> list[str]:
    """Return what can be done now."""
    if error.job_id is None:
        return []
    job = printable(error.job_id)
    if isinstance(error, ApiError) and error.partial:
        return [f"What it had translated until then: audio-translate job {job} --partial"]
    if isinstance(error, ApiError) and error.status == 0:
        return []
    return [f"The job goes on, or is there: audio-translate job {job}"]
