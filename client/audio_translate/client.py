"""The Python API."""

import threading
from collections.abc import Generator, Iterable, Iterator, Mapping
from contextlib import suppress
from types import TracebackType
from typing import Any, Self, Unpack

import requests

from audio_translate.batch import Outcome, at_once
from audio_translate.configuration import configured
from audio_translate.connection import Connection, json_object, shown
from audio_translate.errors import ApiError, AudioTranslateError, Stopped
from audio_translate.job import Job, Progress
from audio_translate.limits import Limits
from audio_translate.options import Options, fields_of, formats_of
from audio_translate.result import Result
from audio_translate.sending import Sender, Sent, Told, cancel, follow, job_path, only, translation
from audio_translate.source import Source, name_of, opened

_PAGE = 100


class AudioTranslate:
    """A service that translates speech; one object may be used from several threads.

    Every method raises an ``AudioTranslateError``: ApiError in the class of its code,
    ConnectionFailed, and TimedOut if it has a ``timeout`` (seconds). Requests are repeated where
    that helps, and nothing is paid twice.
    """

    def __init__(
        self, url: str | None = None, api_key: str | None = None, *, profile: str | None = None
    ) -> None:
        """What is None comes from the environment or the configuration file.

        ``url`` may have a base path or a stage: ``https://…/v1``. Without one anywhere it is the
        local service. Raises ConfigurationError.
        """
        service = configured(url, api_key, profile)
        self.notes = service.notes
        """What is odd about the configuration, in sentences."""
        self._connection = Connection(service.url, service.api_key)

    @property
    def url(self) -> str:
        """Where the service is, without what may be secret."""
        return shown(self._connection.url)

    def __repr__(self) -> str:
        return f"AudioTranslate({self.url!r})"

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections; results can still be read."""
        self._connection.close()

    def translate(
        self,
        source: Source,
        *,
        timeout: float | None = None,
        on_progress: Told | None = None,
        stop: threading.Event | None = None,
        at_once: bool = False,
        **options: Unpack[Options],
    ) -> Result:
        """Translate a recording and wait for it.

        ``source``: a path, a URL (http, https, s3) as text, or an open binary file. ``options``
        are those of ``Options``; formats asked for are there when this returns. After ``timeout``
        seconds TimedOut is raised and the job goes on. An exception such as Ctrl-C, or setting
        ``stop`` in another thread (Stopped), cancels the job. ``on_progress`` gets a Progress.
        ``at_once``: answer a short recording in the request if that can be; it is there a few
        seconds sooner, in one format only, and there is no job to cancel or to ask for another.

            result = client.translate("talk.mp4", to="de", format=["srt", "vtt"])
        """
        limits, tell = Limits.within(timeout, stop), on_progress or _nothing
        made = self._send(source, limits, tell, options, at_once=at_once)
        if made.job is None:
            return self._answered(name_of(source), made.answer, formats_of(options)[0])
        job_id = made.job.id
        try:
            job = follow(self._connection, job_id, limits, tell, look_in=made.look_in)
        except (Stopped, KeyboardInterrupt, SystemExit) as error:
            if not cancel(self._connection, job_id) and isinstance(error, Stopped):
                error.goes_on = True
            raise
        # From here on it is paid: whoever leaves can still fetch it.
        return self._result(job, formats_of(options), limits, name_of(source))

    def translate_many(
        self,
        sources: Iterable[Source],
        *,
        jobs: int = 4,
        timeout: float | None = None,
        stop: threading.Event | None = None,
        **options: Unpack[Options],
    ) -> Generator[Outcome[Source, Result], None, None]:
        """Translate recordings, ``jobs`` at once; yield what became of each, as they end.

        One that fails stops no other: its ``error`` says why. ``timeout`` is for each. Leaving the
        loop (by ``break``, with ``close()`` of the iterator, or by an exception) cancels the rest.
        """
        stop = stop or threading.Event()

        def work(source: Source) -> Result:
            return self.translate(source, timeout=timeout, stop=stop, **options)

        return at_once(max(1, jobs), work, sources, stop)

    def submit(
        self,
        source: Source,
        *,
        timeout: float | None = None,
        on_progress: Told | None = None,
        stop: threading.Event | None = None,
        **options: Unpack[Options],
    ) -> Job:
        """Send a recording and return its job, which goes on by itself; see ``result``."""
        limits = Limits.within(timeout, stop)
        made = self._send(source, limits, on_progress or _nothing, options)
        if made.job is None:
            raise ApiError("This service makes no jobs.", code="no_jobs", status=200)
        return made.job

    def job(self, job_id: str) -> Job:
        """Return a job as it is now; raises NotFound if this key has none of this id."""
        answer = self._connection.call("GET", job_path(job_id), Limits())
        return Job.of(json_object(answer, "id"))

    def jobs(self, limit: int | None = None) -> Iterator[Job]:
        """Yield this key's jobs, newest first, all or at most ``limit``."""
        cursor: str | None = None
        left = limit
        while left is None or left > 0:
            asked = {"limit": min(_PAGE, left or _PAGE), "cursor": cursor}
            page = json_object(self._connection.call("GET", "/jobs", Limits(), params=asked))
            found = page.get("jobs") or []
            yield from map(Job.of, found)
            left = None if left is None else left - len(found)
            cursor = page.get("cursor")
            if not cursor or not found:
                return

    def wait(
        self,
        job_id: str,
        *,
        timeout: float | None = None,
        on_progress: Told | None = None,
        stop: threading.Event | None = None,
    ) -> Job:
        """Wait until a job has ended and return it, whether it succeeded or not."""
        limits = Limits.within(timeout, stop)
        return follow(self._connection, job_id, limits, on_progress or _nothing)

    def result(
        self,
        job_id: str,
        *,
        format: str | Iterable[str] = "text",  # noqa: A002  as everywhere here
        timeout: float | None = None,
        on_progress: Told | None = None,
        stop: threading.Event | None = None,
        partial: bool = False,
    ) -> Result:
        """Wait for a job and return its translation, with the formats asked for.

        Raises the job's own error if it failed. With ``partial`` what it had translated until then
        is returned, where it is ``partial``.
        """
        formats = formats_of({"format": format if isinstance(format, str) else tuple(format)})
        limits = Limits.within(timeout, stop)
        job = follow(self._connection, job_id, limits, on_progress or _nothing)
        return self._result(job, formats, limits, partial=partial)

    def cancel(self, job_id: str) -> None:
        """Cancel a job that has not ended, delete one that has with all that it stored."""
        self._connection.call("DELETE", job_path(job_id), Limits())

    def answers(self) -> None:
        """Return if something answers at the URL, whatever it says; raises ConnectionFailed."""
        with suppress(ApiError):
            self._connection.call("GET", "/health", Limits(), tries=1, seconds=30)

    def _send(
        self,
        source: Source,
        limits: Limits,
        tell: Told,
        options: Mapping[str, Any],
        *,
        at_once: bool = False,
    ) -> Sent:
        fields = fields_of(options)
        with opened(source, options.get("name")) as audio:
            return Sender(self._connection, limits, tell, at_once).send(audio, fields)

    def _result(
        self,
        job: Job,
        formats: Iterable[str],
        limits: Limits,
        source: str | None = None,
        *,
        partial: bool = False,
    ) -> Result:
        if job.error and not (partial and job.partial):
            raise job.error
        result = Result(
            source or job.file_name or job.id,
            job,
            lambda name, layout: translation(self._connection, job, name, layout),
            lambda link: self._connection.fetch(link, Limits()).content,
        )
        try:
            for name in formats:
                limits.check()
                result.content(name)
        except AudioTranslateError as error:
            error.job_id = job.id
            if isinstance(error, Stopped):
                error.goes_on = True
            raise
        return result

    def _answered(self, source: str, answer: requests.Response, asked: str) -> Result:
        """Return the result of an answer without a job: what it holds is all that there is."""
        result = Result(source, None, only(answer, asked), lambda _: b"")
        result.content(asked)
        return result


def _nothing(_: Progress) -> None:
    """Tell nobody."""
