"""``audio-translate job``, ``jobs`` and ``cancel``: what was sent before."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from audio_translate.client import AudioTranslate
from audio_translate.command.exits import ALL_RIGHT, NO_SERVICE, interruptible
from audio_translate.command.outputs import Target, WrongOutput, format_in, targets
from audio_translate.command.recordings import Recording, printable
from audio_translate.command.report import Report
from audio_translate.command.screen import table
from audio_translate.command.translating import Wishes, deliver, greet, screen_for
from audio_translate.errors import AudioTranslateError, InvalidApiKey, NotWritten
from audio_translate.job import Job

WATCHING = "The jobs go on; `audio-translate cancel` ends them."


def fetch(
    client: AudioTranslate,
    ids: Sequence[str],
    wishes: Wishes,
    layout: dict[str, Any],
    *,
    partial: bool,
) -> int:
    """Write the translations of jobs, waiting for those that have not ended; return the status."""
    report = Report(screen_for(quiet=wishes.quiet), as_json=wishes.as_json)
    greet(client)
    formats = wishes.formats or (format_in(wishes.output) or "text",)
    with interruptible(lambda: report.note(WATCHING)), report.screen:
        for job_id, target in zip(ids, _targets(client, ids, wishes, formats), strict=True):
            recording = target if isinstance(target, Recording) else target.recording
            try:
                if isinstance(target, Recording):
                    raise NotWritten(target.problem)
                _fetch(client, job_id, target, report, wishes, layout=layout, partial=partial)
            except InvalidApiKey as error:
                report.failed(recording, error)
                return NO_SERVICE
            except AudioTranslateError as error:
                report.failed(recording, error)
            report.screen.done(recording.shown)
    report.summary()
    return report.status


def show(client: AudioTranslate, limit: int | None, *, as_json: bool) -> int:
    """List this key's jobs, newest first."""
    greet(client)
    jobs = list(client.jobs(limit))
    click.echo("\n".join(_lines(jobs)) if as_json else _plain_table(jobs))
    return ALL_RIGHT


def status(client: AudioTranslate, ids: Sequence[str], *, as_json: bool) -> int:
    """Tell how far jobs are, without waiting."""
    greet(client)
    jobs = [client.job(job_id) for job_id in ids]
    click.echo("\n".join(_lines(jobs)) if as_json else _plain_table(jobs))
    return ALL_RIGHT


def cancel(client: AudioTranslate, ids: Sequence[str], *, quiet: bool) -> int:
    """Cancel jobs that have not ended, delete those that have."""
    report = Report(screen_for(quiet=True), as_json=False)
    greet(client)
    for job_id in ids:
        try:
            client.cancel(job_id)
        except AudioTranslateError as error:
            report.failed(_named(job_id), error)
        else:
            if not quiet:
                report.note(f"{job_id}: gone")
    return report.status


def _fetch(
    client: AudioTranslate,
    job_id: str,
    target: Target,
    report: Report,
    wishes: Wishes,
    *,
    layout: dict[str, Any],
    partial: bool,
) -> None:
    shown = target.recording.shown
    result = client.result(
        job_id,
        format=[name for name, _ in target.files],
        timeout=wishes.timeout,
        partial=partial,
        on_progress=lambda progress: report.screen.progress(shown, progress),
    )
    for name, _ in target.files if layout else ():
        result.lay_out(name, **layout)
    deliver(target, result, report)


def _targets(
    client: AudioTranslate, ids: Sequence[str], wishes: Wishes, formats: tuple[str, ...]
) -> list[Target | Recording]:
    """Return where the texts of jobs go; a Recording with a ``problem`` for what is there already.

    Files are named as the recordings are, which only the jobs tell.
    """
    to_stdout = wishes.output is None and len(ids) == 1 and len(formats) == 1
    recordings = [_named(i) if to_stdout else _named(i, client.job(i)) for i in ids]
    try:
        planned = targets(recordings, wishes.output, formats, record=wishes.record)
    except WrongOutput as error:
        raise click.UsageError(str(error)) from error
    found: list[Target | Recording] = []
    for target in planned:
        if target.existing and not wishes.overwrite:
            told = f"{target.existing[0]} is there already; --overwrite replaces it."
            found.append(Recording("", target.recording.shown, "", Path(), problem=told))
        else:
            found.append(
                Target(target.recording, target.files, target.record, replaces=wishes.overwrite)
            )
    return found


def _named(job_id: str, job: Job | None = None) -> Recording:
    name = (job.file_name if job else None) or job_id
    return Recording(job_id, printable(job_id), name, Path())


def _lines(jobs: Sequence[Job]) -> list[str]:
    return [json.dumps(dict(job.fields)) for job in jobs]


def _plain_table(jobs: Sequence[Job]) -> str:
    return "\n".join(printable(line) for line in table(list(jobs)).split("\n"))
