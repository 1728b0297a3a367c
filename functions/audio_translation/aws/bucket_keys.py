"""Where things lie in buckets: the jobs' folders, uploaded recordings, their translations."""

import re

JOBS = "jobs/"
"""Everything that jobs store is below this."""
UPLOADS = "uploads/"
TRANSLATIONS = "translations/"
OPTIONS_FILE = "translation.json"
"""In a folder: options for the recordings in it and below."""

_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")
_SOURCE = re.compile(rf"{JOBS}({_ID.pattern})/source/.+", re.DOTALL)
_LONGEST_KEY = 1024
"""Bytes, of S3."""
_LONGEST_EXTENSION = len(".verbose.json")


def is_job_id(text: str) -> bool:
    """Whether ``text`` could be a job's id: what Lambda takes as an execution's name."""
    return bool(_ID.fullmatch(text))


def chunk_key(job_id: str, index: int) -> str:
    """Where a chunk's audio lies in the bucket."""
    return f"{job_folder(job_id)}chunks/{index:05}.flac"


def part_key(job_id: str, index: int) -> str:
    """Where a chunk's translation lies in the bucket."""
    return f"{job_folder(job_id)}parts/{index:05}.json"


def plan_key(job_id: str) -> str:
    """Where the list of chunks lies in the bucket."""
    return f"{job_folder(job_id)}plan.json"


def translation_key(job_id: str) -> str:
    """Where the stitched translation lies in the bucket."""
    return f"{job_folder(job_id)}translation.json"


def result_key(job_id: str, extension: str) -> str:
    """Where the translation lies in the format that was asked for."""
    return f"{job_folder(job_id)}result.{extension}"


def source_key(job_id: str, name: str) -> str:
    """Where audio that is uploaded for a job lies in the bucket."""
    return f"{job_folder(job_id)}source/{name}"


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
    return TRANSLATIONS, JOBS, audio_folder.rstrip("/") + "/"


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
