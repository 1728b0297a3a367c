"""A translation as callers get it."""

import json
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import requests

from audio_translate.errors import NotWritten
from audio_translate.job import Job, SpokenLanguage
from audio_translate.options import FORMATS, extension_of
from audio_translate.writing import write

UNTRANSLATED, MODEL = "x-untranslated-segments", "x-model"


@dataclass(frozen=True)
class Word:
    """A word and its times in seconds; ``estimated``: they follow from its length."""

    word: str
    start: float
    end: float
    estimated: bool


@dataclass(frozen=True)
class Segment:
    """What is said from ``start`` to ``end``, in seconds of the recording.

    ``source`` and ``spoken`` are what was said and in which language, with
    ``include=["source"]``. ``untranslated``: the text is still in the language spoken. ``channel``
    and ``speaker`` say who speaks, where that was asked for. What there is not is None.
    """

    start: float
    end: float
    text: str
    source: str | None
    spoken: str | None
    untranslated: bool
    channel: str | None
    speaker: str | None
    words: tuple[Word, ...] = ()

    @classmethod
    def of(cls, fields: Mapping[str, Any]) -> "Segment":
        """Return the segment of an object of ``verbose_json``."""
        return cls(
            start=float(fields["start"]),
            end=float(fields["end"]),
            text=str(fields["text"]).strip(),
            source=fields.get("source"),
            spoken=fields.get("spoken"),
            untranslated=bool(fields.get("untranslated")),
            channel=fields.get("channel"),
            speaker=fields.get("speaker"),
            words=_words(fields),
        )


def _words(fields: Mapping[str, Any]) -> tuple[Word, ...]:
    return tuple(
        Word(str(w["word"]), float(w["start"]), float(w["end"]), bool(w.get("estimated")))
        for w in fields.get("words", ())
    )


class Result:
    """A finished translation.

    A format that was not asked for is fetched when it is first needed, and costs nothing; this
    works until the service deletes the job. ``job`` is None if the service translated at once,
    without a job: then only the format asked for is there.
    """

    def __init__(
        self,
        source: str,
        job: Job | None,
        fetch: Callable[[str, Mapping[str, Any]], requests.Response],
        fetch_link: Callable[[str], bytes],
    ) -> None:
        """``source``: what was translated. The client makes these."""
        self.source = source
        self.job = job
        self._fetch, self._fetch_link = fetch, fetch_link
        self._contents: dict[str, str] = {}
        self._headers: Mapping[str, str] = {}

    def __repr__(self) -> str:
        return f"<Result of {self.source!r}, job {self.job_id}>"

    @property
    def text(self) -> str:
        """The translation as text."""
        return self.content("text").rstrip("\n")

    @cached_property
    def segments(self) -> tuple[Segment, ...]:
        """Its segments, in the order of their times."""
        return tuple(map(Segment.of, self._verbose.get("segments", ())))

    @property
    def words(self) -> tuple[Word, ...]:
        """Words and their times, with ``include=["words"]``; else empty."""
        return _words(self._verbose)

    @property
    def job_id(self) -> str | None:
        """The job's id, for ``AudioTranslate.result`` later."""
        return self.job.id if self.job else None

    @property
    def model(self) -> str | None:
        """The model that served."""
        told = unquote(self._headers.get(MODEL, ""))
        return (self.job.model if self.job else None) or told or None

    @property
    def warnings(self) -> tuple[str, ...]:
        """Sentences about what is lost or odd."""
        return self.job.warnings if self.job else ()

    @property
    def cost(self) -> float | None:
        """The estimated price in US dollars; None where the service tells none."""
        return self.job.dollars if self.job else None

    @property
    def languages(self) -> tuple[SpokenLanguage, ...]:
        """The languages spoken, where the model tells them."""
        return self.job.languages if self.job else ()

    @property
    def duration(self) -> float:
        """Seconds of the recording."""
        known = self.job.seconds if self.job else 0.0
        return known or float(self._verbose["duration"])

    @property
    def untranslated_segments(self) -> int:
        """How many segments are still in the language spoken."""
        if not self._headers:
            self.content("text")
        count = self._headers.get(UNTRANSLATED, "0")
        return int(count) if count.isdecimal() else 0

    @property
    def untranslated_seconds(self) -> float:
        """How long these are together."""
        if not self.untranslated_segments or self.job is None:
            return 0.0
        left = (one.end - one.start for one in self.segments if one.untranslated)
        return round(sum(left), 3)

    def content(self, format: str = "text") -> str:  # noqa: A002  as everywhere here
        """Return the translation in a format; raises ApiError."""
        if format not in self._contents:
            self.lay_out(format)
        return self._contents[format]

    def lay_out(self, format: str, **rules: Any) -> str:  # noqa: A002  as everywhere here
        """Return subtitles by other rules (``style="netflix"``, ``maxLineLength=32``); free.

        From now on this is what is saved in this format, too. Raises ApiError.
        """
        answer = self._fetch(format, rules)
        answer.encoding = "utf-8"
        self._headers = {name.lower(): value for name, value in answer.headers.items()}
        self._contents[format] = answer.text
        return answer.text

    def save(
        self,
        path: str | os.PathLike[str],
        format: str | None = None,  # noqa: A002  as everywhere here
        *,
        overwrite: bool = False,
    ) -> Path:
        """Write the translation in a format, by default that of the path's extension.

        The file is there whole or not at all. Raises ApiError, and NotWritten, also if there is
        such a file and it is not to be overwritten.
        """
        target = Path(path)
        content = self.content(format or format_of(target) or "text")
        write(target, content.encode(), overwrite=overwrite)
        return target

    def save_record(
        self, folder: str | os.PathLike[str], *, overwrite: bool = False
    ) -> tuple[Path, ...]:
        """Write the signed record, its signature and what it is of into a folder.

        The names are those that the record has, so that it can be checked there. Raises
        NotWritten, also for a job that has no record, and ApiError.
        """
        links = {
            "record.json": self._link("url"),
            "record.json.sig": self._link("signatureUrl"),
            "transcript.html": self._link("transcriptUrl"),
        }
        if self.job is None or not links["record.json"]:
            raise NotWritten(f"{self.source} has no record.", job_id=self.job_id)
        if self.job.format:
            links[f"result.{extension_of(self.job.format)}"] = self.job.link()
        written = []
        for name, link in links.items():
            if link:
                write(Path(folder) / name, self._fetch_link(link), overwrite=overwrite)
                written.append(Path(folder) / name)
        return tuple(written)

    def _link(self, name: str) -> str | None:
        return self.job.link(name, within="record") if self.job else None

    @cached_property
    def _verbose(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.content("verbose_json"))
        return found


def format_of(path: Path) -> str | None:
    """Return the format that a path's extension stands for, None if there is none."""
    if path.name.lower().endswith(".verbose.json"):
        return "verbose_json"
    known = {extension_of(name): name for name in reversed(FORMATS)}
    return known.get(path.suffix.lower().removeprefix("."))
