"""Where things lie in buckets: the jobs' folders, uploaded recordings, their translations."""

import re

JOBS = "jobs/"
"""Everything that jobs store is below this."""
UPLOADS = "uploads/"
TRANSLATIONS = "translations/"
ANSWERS = "answers/"
"""Translations that are kept for whoever paid for them and asks again."""
OPTIONS_FILE = "translation.json"
"""In a folder: options for the recordings in it and below."""
RECORD, SIGNATURE, TRANSCRIPT = "record.json", ".sig", "transcript.html"
"""The signed record of a job; what its signature's name has besides; the record's transcript."""

FAILED = ".failed.json"
"""The end of the name of a note about an utterance that failed."""

_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")
_SOURCE = re.compile(rf"{JOBS}({_ID.pattern})/source/.+", re.DOTALL)
_LONGEST_KEY = 1024
"""Bytes, of S3."""
_LONGEST_EXTENSION = len(f".{RECORD}{SIGNATURE}")


def is_job_id(text: str) -> bool:
    """Whether ``text`` could be a job's id: what Lambda takes as an execution's name."""
    return bool(_ID.fullmatch(text))


def parts_folder(job_id: str) -> str:
    """Where the translations of a job's chunks lie in the bucket."""
    return f"{job_folder(job_id)}parts/"


def part_key(job_id: str, start: int, end: int, channel: int | None = None) -> str:
    """Where the translation of a chunk lies; ``start`` and ``end`` are its milliseconds.

    ``channel``: the only one that it is of; None for all of them.
    """
    side = "" if channel is None else f"channel-{channel}-"
    return f"{parts_folder(job_id)}{side}{start:09}-{end:09}.json"


def note_key(job_id: str, name: str) -> str:
    """Where something lies that was paid for and belongs to no chunk."""
    return f"{job_folder(job_id)}notes/{name}.json"


def live_folder(job_id: str) -> str:
    """Where the utterances of a live session lie in the bucket."""
    return f"{job_folder(job_id)}live/"


def utterance_key(job_id: str, seq: int) -> str:
    """Where an utterance of a live session lies once it is translated."""
    return f"{live_folder(job_id)}{seq:05}.json"


def failed_utterance_key(job_id: str, seq: int) -> str:
    """Where it is noted that an utterance of a live session failed, and how often."""
    return f"{live_folder(job_id)}{seq:05}{FAILED}"


def kept_folder(job_id: str) -> str:
    """Where the job's audio lies until it ends, so that it can be read again."""
    return f"{job_folder(job_id)}kept/"


def translation_key(job_id: str) -> str:
    """Where the stitched translation lies in the bucket."""
    return f"{job_folder(job_id)}translation.json"


def result_key(job_id: str, extension: str) -> str:
    """Where the translation lies in the format that was asked for."""
    return f"{job_folder(job_id)}result.{extension}"


def transcript_key(job_id: str) -> str:
    """Where the transcript of a job with a record lies."""
    return f"{job_folder(job_id)}{TRANSCRIPT}"


def record_key(job_id: str, revision: int | None = None) -> str:
    """Where a job's record lies, or an earlier one that a correction has replaced."""
    return job_folder(job_id) + (RECORD if revision is None else f"record-{revision}.json")


def heard_key(job_id: str) -> str:
    """Where it is noted which file a job has listened to, for its record."""
    return f"{job_folder(job_id)}heard.json"


def source_key(job_id: str, name: str) -> str:
    """Where audio that is uploaded for a job lies in the bucket."""
    return f"{job_folder(job_id)}source/{name}"


def answer_key(digest: str) -> str:
    """Where the translation of some audio with some options lies for its owner."""
    return f"{ANSWERS}{digest}.json"


def beginning_key(digest: str) -> str:
    """What is there if a translation of large audio is kept that begins like this."""
    return f"{ANSWERS}{digest}.begins"


def job_of_source(key: str) -> str | None:
    """The id of the job whose audio lies under ``key``, None if it is no such key."""
    match = _SOURCE.fullmatch(key)
    return match[1] if match else None


def job_folder(job_id: str) -> str:
    """Everything that a job stores; gone when the job is deleted."""
    return f"{JOBS}{job_id}/"


def is_output(key: str, audio_folder: str) -> bool:
    """Whether the service itself writes under this key."""
    return key.startswith(output_folders(audio_folder))


def output_folders(audio_folder: str) -> tuple[str, ...]:
    """The prefixes of all that the service writes."""
    return TRANSLATIONS, JOBS, ANSWERS, audio_folder.rstrip("/") + "/"


def result_path(key: str) -> str:
    """Where a recording's translations lie, without the dot and the extension of each format."""
    return TRANSLATIONS + key.removeprefix(UPLOADS)


def has_room_for_results(key: str) -> bool:
    """Whether every result's key, which is longer than the recording's, is one that S3 takes."""
    return len(result_path(key).encode()) + _LONGEST_EXTENSION <= _LONGEST_KEY


def is_s3(url: str) -> bool:
    """Return whether this is an ``s3://`` URL, in any case."""
    return url[:5].lower() == "s3://"


def bucket_and_key(url: str) -> tuple[str, str]:
    """Split ``s3://bucket/key``; either may be empty."""
    bucket, _, key = url.partition("://")[2].partition("/")
    return bucket, key
