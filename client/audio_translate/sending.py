"""How a recording gets to the service: by its URL, in a form, or past the API into its bucket."""

import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, BinaryIO
from urllib.parse import quote

import requests

from audio_translate.connection import PATIENT_TRIES, Connection, json_object
from audio_translate.errors import (
    ApiError,
    AudioTooLarge,
    AudioTranslateError,
    SourceNotReadable,
)
from audio_translate.job import Job, Progress
from audio_translate.limits import Limits
from audio_translate.options import form_of
from audio_translate.source import Audio

LARGEST_FORM = 4_000_000
"""Bytes of a file that is sent in a form: Lambda takes 6 MiB, and it gets the file as base64."""
_UPLOADS = 3
"""How often an upload is asked for, if S3 refuses the one before: its URL is good for minutes."""
_CANCEL_SECONDS = 5.0

Told = Callable[[Progress], object]


@dataclass(frozen=True)
class Sent:
    """The ``job`` of what was sent, and in how many seconds to look at it.

    ``job`` is None if the service translated at once; then ``answer`` is the translation.
    """

    answer: requests.Response
    job: Job | None
    look_in: float = 0


@dataclass(frozen=True)
class Sender:
    """Makes jobs of recordings; ``tell`` hears how much of one is sent.

    ``at_once``: the service need not make a job if it can answer in the request.
    """

    connection: Connection
    limits: Limits
    tell: Told = lambda _: None
    at_once: bool = False

    def send(self, audio: Audio, fields: Mapping[str, Any]) -> Sent:
        """Send a recording; what is repeated on the way is paid once.

        Raises AudioTranslateError.
        """
        if audio.url is not None:
            return self._translate(json={"audioFileUrl": audio.url, **fields})
        if audio.file is None:
            raise SourceNotReadable(f"{audio.name} has neither a URL nor bytes.")
        if audio.size <= LARGEST_FORM:
            with suppress(AudioTooLarge):  # less is taken here
                return self._form(audio, audio.file, fields)
        return self._upload(audio, audio.file, fields)

    def _form(self, audio: Audio, file: BinaryIO, fields: Mapping[str, Any]) -> Sent:
        file.seek(0)
        self.tell(Progress("uploading", 0, audio.size))
        parts = {"file": (audio.name, file.read())}
        return self._translate(data=form_of(fields), files=parts)

    def _translate(self, **content: Any) -> Sent:
        headers = {"Idempotency-Key": str(uuid.uuid4())}
        if not self.at_once:
            headers["Prefer"] = "respond-async"
        answer = self.connection.call("POST", "/translate", self.limits, headers=headers, **content)
        if answer.status_code != requests.codes.accepted:
            return Sent(answer, None)
        job = Job.of(json_object(answer, "id"))
        self._keep(job.id)
        return Sent(answer, job, _next_look(answer))

    def _upload(self, audio: Audio, file: BinaryIO, fields: Mapping[str, Any]) -> Sent:
        for refused in range(_UPLOADS):
            asked = {**fields, "fileName": audio.name, "size": audio.size}
            headers = {"Idempotency-Key": str(uuid.uuid4())}
            answer = self.connection.call(
                "POST", "/uploads", self.limits, headers=headers, json=asked
            )
            prepared = json_object(answer, "job", "upload")
            job = Job.of(prepared["job"])
            try:
                self._put(audio, file, prepared["upload"])
            except ApiError as error:
                cancel(self.connection, job.id)
                if error.status != requests.codes.forbidden or refused == _UPLOADS - 1:
                    raise
            except BaseException:
                cancel(self.connection, job.id)
                raise
            else:
                return Sent(answer, job)
        raise AssertionError  # the last upload returns or raises

    def _put(self, audio: Audio, file: BinaryIO, upload: Mapping[str, Any]) -> None:
        """Put the file, whole each time: S3 keeps nothing of a PUT that broke off.

        A file that arrived although the answer did not is put twice; its job runs once.
        """

        def once() -> requests.Response:
            body = _Body(audio, file, self.limits, self.tell)
            answer = self.connection.put(str(upload["url"]), body, upload["headers"])
            if answer.ok:
                return answer
            # S3 says so if it waited too long for bytes.
            status = 503 if b"RequestTimeout" in answer.content[:1000] else answer.status_code
            told = f"The storage refused the file: {answer.status_code} {answer.reason}."
            raise ApiError(told, code="not_uploaded", status=status)

        self.connection.repeated(once, self.limits)

    def _keep(self, job_id: str) -> None:
        """Cancel the job if its caller left while it was made."""
        try:
            self.limits.check()
        except AudioTranslateError as error:
            error.job_id = job_id
            if self.limits.stop.is_set():
                cancel(self.connection, job_id)
            raise


class _Body:
    """A file as ``requests`` sends it: in blocks, told of, and until the caller leaves."""

    def __init__(self, audio: Audio, file: BinaryIO, limits: Limits, tell: Told) -> None:
        file.seek(0)
        self._audio, self._file, self._limits, self._tell = audio, file, limits, tell
        self._sent = 0

    def __len__(self) -> int:
        return self._audio.size

    def __iter__(self) -> Iterator[bytes]:
        while block := self.read(1 << 16):
            yield block

    def read(self, size: int = -1) -> bytes:
        self._limits.check()
        self._tell(Progress("uploading", self._sent, self._audio.size))
        left = self._audio.size - self._sent
        block = self._file.read(left if size < 0 else min(size, left))
        if left and not block:
            raise SourceNotReadable(f"{self._audio.name} became shorter while it was sent.")
        self._sent += len(block)
        return block


def cancel(connection: Connection, job_id: str) -> bool:
    """Cancel a job as well as it can be done now, and return whether it was."""
    try:
        connection.call(
            "DELETE",
            job_path(job_id),
            Limits.within(2 * _CANCEL_SECONDS),
            tries=3,
            seconds=_CANCEL_SECONDS,
        )
    except AudioTranslateError:
        return False
    return True


def follow(
    connection: Connection, job_id: str, limits: Limits, tell: Told, *, look_in: float = 0
) -> Job:
    """Look at a job as often as the service says until it has ended; return it.

    Raises AudioTranslateError, with the job's id.
    """
    try:
        limits.pause(look_in)
        while True:
            answer = connection.call("GET", job_path(job_id), limits, tries=PATIENT_TRIES)
            job = Job.of(json_object(answer, "id"))
            tell(Progress.of(job))
            if job.ended:
                return job
            limits.pause(_next_look(answer))
    except AudioTranslateError as error:
        error.job_id = job_id
        raise


def translation(
    connection: Connection, job: Job, name: str, layout: Mapping[str, Any]
) -> requests.Response:
    """Return a finished job's translation in the format ``name``; raises ApiError."""
    try:
        return connection.call(
            "GET",
            f"{job_path(job.id)}/translation",
            Limits(),
            params={"format": name, **layout},
        )
    except AudioTooLarge:  # more than Lambda answers; S3 has it in the job's own format
        link = job.link()
        if link is None or layout or job.format != name:
            raise
        return connection.fetch(link, Limits())


def only(
    answer: requests.Response, asked: str
) -> Callable[[str, Mapping[str, Any]], requests.Response]:
    """Return what stands for ``translation`` where there is no job: the answer, and no other."""

    def content(name: str, layout: Mapping[str, Any]) -> requests.Response:
        if name == asked and not layout:
            return answer
        raise ApiError(
            f"The service made no job, so there is only the format {asked}.",
            code="no_jobs",
            status=answer.status_code,
        )

    return content


def _next_look(answer: requests.Response) -> float:
    """Return in how many seconds to look again: what the answer says, else 2."""
    try:
        return max(0.2, float(answer.headers.get("Retry-After", "2")))
    except ValueError:
        return 2.0


def job_path(job_id: str) -> str:
    """Return the path of a job; whatever an id is made of stays within it."""
    return f"/jobs/{quote(job_id, safe='')}"
