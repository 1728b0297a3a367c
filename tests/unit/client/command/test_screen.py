import io
import sys
from datetime import UTC, datetime

import pytest

from audio_translate.command.screen import Bars, Lines, money, state_of, table
from audio_translate.job import Job, Progress


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_lines_tell_news_only(capsys: pytest.CaptureFixture[str]) -> None:
    with Lines() as lines:
        for done in range(100):
            lines.progress("a.mp3", Progress("uploading", done * 10_000, 1_000_000))
        lines.progress("a.mp3", Progress("queued", 0, 0))
        lines.progress("a.mp3", Progress("translating", 30, 60))
    assert capsys.readouterr().err.splitlines() == [
        "a.mp3: uploading 0.0 of 1.0 MB",
        "a.mp3: queued",
        "a.mp3: translating 30 of 60 s",
    ]


def test_the_quiet_are_not_told_how_far_it_is(capsys: pytest.CaptureFixture[str]) -> None:
    Lines(quiet=True).progress("a.mp3", Progress("translating", 30, 60))
    assert capsys.readouterr().err == ""


def test_a_terminal_has_a_bar_for_each_and_keeps_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", "100")
    monkeypatch.setattr(sys, "stderr", terminal := Terminal())
    with Bars() as bars:
        bars.progress("[bold]a.mp3", Progress("uploading", 1_000_000, 2_000_000))
        bars.progress("[bold]a.mp3", Progress("translating", 30, 60))
        bars.progress("b.mp3", Progress("queued", 0, 0))
        with bars.aside():
            pass
        bars._bars.refresh()
        bars.line("[bold]a.mp3 is done")
        bars.done("[bold]a.mp3")
    shown = terminal.getvalue()
    assert "[bold]a.mp3 is done\n" in shown
    assert "translating 30 of 60 s" in shown
    assert "b.mp3" in shown


def test_what_a_job_waits_for_is_told() -> None:
    job = Job.of({"id": "1", "status": "running", "waitingFor": "retry"})
    assert state_of(Progress.of(job)) == "trying again"
    job = Job.of({"id": "1", "status": "queued", "waitingFor": "something new"})
    assert state_of(Progress.of(job)) == "something new"


def test_jobs_are_listed_in_columns() -> None:
    made = datetime(2026, 11, 28, tzinfo=UTC).isoformat()
    job = {"id": "1", "status": "succeeded", "created": made, "price": 1.5, "fileName": "a.mp3"}
    head, row = table([Job.of(job)]).splitlines()
    assert head.split() == ["ID", "STATUS", "CREATED", "PRICE", "FILE"]
    assert row.split()[0] == "1"
    assert row.endswith("$1.50  a.mp3")


def test_prices_have_the_digits_that_they_need() -> None:
    assert [money(d) for d in (None, 0.0012, 12.345)] == ["", "$0.0012", "$12.35"]
