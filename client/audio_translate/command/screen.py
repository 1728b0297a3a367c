"""What is shown on stderr meanwhile: bars on a terminal, plain lines elsewhere, or nothing."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import TracebackType
from typing import TYPE_CHECKING, Self

import click

from audio_translate.job import Job, Progress

if TYPE_CHECKING:
    from rich.progress import TaskID

_LINE_SECONDS = 10.0
"""Between lines about one recording, where there are no bars."""


class Lines:
    """Plain lines. ``quiet`` leaves out how far recordings are."""

    def __init__(self, *, quiet: bool = False) -> None:
        self.quiet = quiet
        self._told: dict[str, tuple[str, float]] = {}
        self._lock = threading.Lock()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Nothing is left behind."""

    def line(self, text: str) -> None:
        """Show a line."""
        click.echo(text, err=True)

    def progress(self, name: str, progress: Progress) -> None:
        """Show how far a recording is, if that is news."""
        stage, now = state_of(progress), time.monotonic()
        with self._lock:
            before, at = self._told.get(name, ("", -_LINE_SECONDS))
            if self.quiet or (stage == before and now - at < _LINE_SECONDS):
                return
            self._told[name] = (stage, now)
            self.line(f"{name}: {stage}{_far(progress)}")

    def done(self, name: str) -> None:
        """Show no more of a recording."""

    @contextmanager
    def aside(self) -> Iterator[None]:
        """Leave the terminal to somebody else for a while."""
        yield


class Bars(Lines):
    """A bar for each recording under way, with the time left."""

    def __init__(self) -> None:
        super().__init__()
        # Imported here: it takes longer than everything else of a --help.
        from rich.console import Console  # noqa: PLC0415
        from rich.progress import BarColumn, TextColumn, TimeRemainingColumn  # noqa: PLC0415
        from rich.progress import Progress as RichProgress  # noqa: PLC0415

        self._console = Console(stderr=True)
        self._bars = RichProgress(
            TextColumn("{task.description}", markup=False),
            BarColumn(bar_width=24),
            TextColumn("{task.fields[state]}", markup=False),
            TimeRemainingColumn(compact=True, elapsed_when_finished=True),
            console=self._console,
            transient=True,
            redirect_stdout=False,
            redirect_stderr=False,
        )
        self._tasks: dict[str, tuple[TaskID, str]] = {}

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._bars.stop()

    def line(self, text: str) -> None:
        self._console.print(text, markup=False, highlight=False, soft_wrap=True)

    def progress(self, name: str, progress: Progress) -> None:
        state = state_of(progress)
        with self._lock:
            self._bars.start()  # not before: somebody else may draw a bar until then
            task, before = self._tasks.get(name, (None, ""))
            if task is not None and progress.stage != before:
                self._bars.remove_task(task)  # what is left of an upload says nothing of a job
                task = None
            if task is None:
                task = self._bars.add_task(name, total=progress.total or None, state=state)
            self._tasks[name] = (task, progress.stage)
            self._bars.update(
                task,
                total=progress.total or None,
                completed=progress.done,
                state=f"{state}{_far(progress)}",
            )

    def done(self, name: str) -> None:
        with self._lock:
            task, _ = self._tasks.pop(name, (None, ""))
            if task is not None:
                self._bars.remove_task(task)

    @contextmanager
    def aside(self) -> Iterator[None]:
        self._bars.stop()
        yield
        if self._tasks:
            self._bars.start()


def state_of(progress: Progress) -> str:
    """Return in a word or two what is being done, or waited for."""
    job = progress.job
    if job is not None and job.waiting_for:
        waits = {"upload": "arriving", "capacity": "waiting for its turn", "retry": "trying again"}
        return waits.get(job.waiting_for, job.waiting_for)
    return progress.stage


def _far(progress: Progress) -> str:
    if progress.stage == "uploading":
        return f" {progress.done / 1e6:.1f} of {progress.total / 1e6:.1f} MB"
    if not progress.total or progress.stage == "queued":
        return ""
    return f" {progress.done:.0f} of {progress.total:.0f} s"


def table(jobs: list[Job]) -> str:
    """Return jobs as lines of columns."""
    rows = [("ID", "STATUS", "CREATED", "PRICE", "FILE")]
    for job in jobs:
        made = job.created.astimezone().strftime("%Y-%m-%d %H:%M") if job.created else ""
        rows.append((job.id, job.status, made, money(job.dollars) or "", job.file_name or ""))
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]) - 1)]
    return "\n".join(
        "  ".join([*map(str.ljust, row[:-1], widths), row[-1]]).rstrip() for row in rows
    )


def money(dollars: float | None) -> str:
    """Return a price; small ones with the digits that they need."""
    if dollars is None:
        return ""
    return f"${dollars:.2f}" if dollars >= 1 else f"${dollars:.4f}"
