"""Finds the objects of a bucket that are recordings without a translation, page by page.

It needs the memory of two pages, however large the bucket is. Python compares keys by code points,
which is the order of their UTF-8 bytes, and so of S3's listings.
"""

from collections.abc import Iterator, Sequence
from enum import StrEnum
from itertools import takewhile
from typing import NamedTuple

from audio_translation.aws.bucket_keys import UPLOADS, is_output, output_folders, result_path
from tools.backfill.bucket_listing import PAGE_KEYS, Listing, Object
from tools.backfill.extension_bitrates import may_be_audio

RESULTS = (".json", ".vtt", ".srt", ".txt", ".verbose.json", ".ttml", ".ass", ".csv", ".html")
FAILURE = ".error.json"

_LONGEST_PATH = 1024 - max(map(len, (*RESULTS, FAILURE)))
"""In bytes: S3's longest key is 1024."""

_OPTIONS_FILE = "translation.json"
_LAST_CHARACTER = "\U0010fffd"
"""No key has a greater one: what follows it in Unicode are not characters."""


class State(StrEnum):
    """What there is to know of an object, in words for the operator."""

    UNTRANSLATED = "untranslated"
    TRANSLATED = "translated"
    FAILED = "failed before"
    EMPTY = "empty"
    ARCHIVED = "archived"
    OTHER = "no audio by name"
    TOO_LONG = "name too long"


class Page(NamedTuple):
    """The objects of one page of a listing with their states; ``last`` is the page's last key."""

    last: str
    states: list[tuple[State, Object]]


def find_untranslated(
    listing: Listing, *, prefix: str, after: str, audio_folder: str
) -> Iterator[Page]:
    """Yield the objects whose keys have a prefix and come after ``after``, with their states.

    Left out are the service's own output, which lies in ``audio_folder`` and other folders, keys
    that end with a slash, and files with a folder's options.
    """
    more = True
    while more:
        objects, more = listing(prefix, after, PAGE_KEYS)
        if objects:
            after = objects[-1].key
            yield Page(after, _states(listing, objects, audio_folder))
            after = _past_output(after, audio_folder)


def _states(
    listing: Listing, objects: list[Object], audio_folder: str
) -> list[tuple[State, Object]]:
    listed = [o for o in objects if not _is_never_recording(o.key, audio_folder)]
    by_name = {o.key: _state_by_listing(o) for o in listed}
    open_keys = [key for key, state in by_name.items() if state is None]
    results = _results(listing, [key for key in open_keys if key.startswith(UPLOADS)])
    results |= _results(listing, [key for key in open_keys if not key.startswith(UPLOADS)])
    return [(by_name[o.key] or _state_by_results(o.key, results), o) for o in listed]


def _is_never_recording(key: str, audio_folder: str) -> bool:
    name = key.rpartition("/")[2]
    return name in ("", _OPTIONS_FILE) or is_output(key, audio_folder)


def _state_by_listing(found: Object) -> State | None:
    if not may_be_audio(found.key):
        return State.OTHER
    if not found.size:
        return State.EMPTY
    if len(result_path(found.key).encode()) > _LONGEST_PATH:
        return State.TOO_LONG
    return State.ARCHIVED if found.archived else None


def _state_by_results(key: str, results: set[str]) -> State:
    path = result_path(key)
    if any(path + suffix in results for suffix in RESULTS):
        return State.TRANSLATED
    return State.FAILED if path + FAILURE in results else State.UNTRANSLATED


def _results(listing: Listing, keys: Sequence[str]) -> set[str]:
    """Return the keys of results that exist. ``keys`` are in order, and all uploads or none.

    The results of nearly all keys come between the result paths of the first and the last key. Two
    kinds come later: those of the last key, and those of a key that the last one begins with:
    "a.mp3" < "a.mp3-2" < "a.mp3.vtt". Any number of keys may lie between, so these results are
    asked for one by one.
    """
    if not keys:
        return set()
    paths = [result_path(key) for key in keys]
    wanted = {path + suffix for path in paths for suffix in (*RESULTS, FAILURE)}
    found = {key for key in _between(listing, paths[0], paths[-1]) if key in wanted}
    for path in paths:
        if paths[-1].startswith(path):
            found |= _result_at(listing, path)
    return found


def _between(listing: Listing, first: str, last: str) -> Iterator[str]:
    """Yield the keys after ``first`` up to ``last``."""
    same = (a == b for a, b in zip(first, last, strict=False))
    prefix = first[: sum(takewhile(bool, same))]
    after, more = first, first < last
    while more:
        objects, more = listing(prefix, after, PAGE_KEYS)
        for found in objects:
            if found.key > last:
                return
            yield found.key
        after = objects[-1].key if objects else after


def _result_at(listing: Listing, path: str) -> set[str]:
    """Return the key of one result at a path, a failure only if there is no other; or nothing."""
    for suffix in (*RESULTS, FAILURE):
        # Of all keys that begin with a text, the text itself comes first.
        objects, _ = listing(path + suffix, "", 1)
        if objects and objects[0].key == path + suffix:
            return {path + suffix}
    return set()


def _past_output(key: str, audio_folder: str) -> str:
    """Return the key after which to go on: if ``key`` is output, the end of that folder."""
    for folder in output_folders(audio_folder):
        if key.startswith(folder):
            return max(key, folder + _LAST_CHARACTER)
    return key
