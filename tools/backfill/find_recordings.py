"""Which objects of a bucket are recordings without a translation, one page of keys at a time.

Memory is that of two pages, however large the bucket is. Keys are compared by code points, which is
the order of S3's listings: that of their UTF-8 bytes.
"""

from collections.abc import Callable, Iterator, Sequence
from enum import StrEnum
from itertools import takewhile
from typing import NamedTuple

from audio_translation.aws.bucket_keys import UPLOADS, is_output, output_folders, result_path
from tools.backfill.file_names import may_be_audio

PAGE = 1000
"""Keys that S3 lists at once, at most."""

RESULTS = (".json", ".vtt", ".srt", ".txt", ".verbose.json")
FAILURE = ".error.json"

_LONGEST_PATH = 1024 - max(map(len, (*RESULTS, FAILURE)))
"""In bytes: S3's longest key is 1024."""

_WISHES = "translation.json"
_AFTER_ALL = "\U0010fffd"
"""The last character there is, but for two that are none."""


class Object(NamedTuple):
    """What a listing says; ``size`` in bytes, ``archived`` if it cannot be read as it is."""

    key: str
    size: int = 0
    etag: str = ""
    archived: bool = False


class Listed(NamedTuple):
    """A part of a listing, in order, and whether there is more after it."""

    objects: list[Object]
    more: bool


Listing = Callable[[str, str, int], Listed]
"""Lists the keys with a prefix, after a key, at most so many. With more to come it is not empty."""


class State(StrEnum):
    UNTRANSLATED = "untranslated"
    TRANSLATED = "translated"
    FAILED = "failed before"
    EMPTY = "empty"
    ARCHIVED = "archived"
    OTHER = "no audio by name"
    TOO_LONG = "name too long"


class Page(NamedTuple):
    """Some objects with their states. With it all keys up to and with ``last`` are done."""

    last: str
    states: list[tuple[State, Object]]


def pages(listing: Listing, *, prefix: str, after: str, audio_folder: str) -> Iterator[Page]:
    """Walk over the keys with a prefix that come after ``after``.

    Left out is what is no recording for certain: our own output, markers of folders, and files
    that hold a folder's wishes.
    """
    more = True
    while more:
        objects, more = listing(prefix, after, PAGE)
        if objects:
            after = objects[-1].key
            yield Page(after, _states(listing, objects, audio_folder))
            after = _beyond(after, audio_folder)


def _states(
    listing: Listing, objects: list[Object], audio_folder: str
) -> list[tuple[State, Object]]:
    listed = [o for o in objects if not _never_recording(o.key, audio_folder)]
    by_name = {o.key: _state_by_listing(o) for o in listed}
    open_keys = [key for key, state in by_name.items() if state is None]
    results = _results(listing, [key for key in open_keys if key.startswith(UPLOADS)])
    results |= _results(listing, [key for key in open_keys if not key.startswith(UPLOADS)])
    return [(by_name[o.key] or _state_by_results(o.key, results), o) for o in listed]


def _never_recording(key: str, audio_folder: str) -> bool:
    name = key.rpartition("/")[2]
    return name in ("", _WISHES) or is_output(key, audio_folder)


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
    """Return the results that exist of keys in order, which are all uploads, or all not.

    Between the paths of the first and the last key lie the results of nearly all. Those of the last
    lie behind it, as do those of keys that the last one begins with: "a.mp3" < "a.mp3-2" <
    "a.mp3.vtt". Anything may lie between, so these are asked for one by one.
    """
    if not keys:
        return set()
    paths = [result_path(key) for key in keys]
    wanted = {path + suffix for path in paths for suffix in (*RESULTS, FAILURE)}
    found = {key for key in _between(listing, paths[0], paths[-1]) if key in wanted}
    for path in paths:
        if paths[-1].startswith(path):
            found |= _result_of(listing, path)
    return found


def _between(listing: Listing, first: str, last: str) -> Iterator[str]:
    """Yield the keys after ``first`` up to ``last``."""
    same = (a == b for a, b in zip(first, last, strict=False))
    prefix = first[: sum(takewhile(bool, same))]
    after, more = first, first < last
    while more:
        objects, more = listing(prefix, after, PAGE)
        for found in objects:
            if found.key > last:
                return
            yield found.key
        after = objects[-1].key if objects else after


def _result_of(listing: Listing, path: str) -> set[str]:
    """Return one result of a path that exists, a failure only if there is no other."""
    for suffix in (*RESULTS, FAILURE):
        # Of all keys that begin with a key, that key is the first.
        objects, _ = listing(path + suffix, "", 1)
        if objects and objects[0].key == path + suffix:
            return {path + suffix}
    return set()


def _beyond(key: str, audio_folder: str) -> str:
    """Where to go on after a key: in a folder of our own output, behind that folder."""
    for folder in output_folders(audio_folder):
        if key.startswith(folder):
            return max(key, folder + _AFTER_ALL)
    return key
