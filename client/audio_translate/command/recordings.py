"""What is named on the command line: files, folders, patterns, URLs, a pipe."""

import glob
import os
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from audio_translate.connection import shown
from audio_translate.source import Source, is_url, name_of

STDIN = "-"
_KINDS = """
.3gp .aac .ac3 .aif .aiff .amr .avi .flac .flv .m4a .m4b .m4v .mka .mkv .mov .mp2 .mp3 .mp4 .mpeg
.mpg .mpga .mts .mxf .oga .ogg .ogv .opus .wav .webm .wma .wmv
"""
EXTENSIONS = frozenset(_KINDS.split())
"""Of what is taken from a folder. A file that is named may have any."""


@dataclass(frozen=True)
class Recording:
    """One recording. ``shown`` is its name for people; what a terminal might obey is replaced.

    - ``folder``: where its results go if nothing else is said.
    - ``within``: its folder below the one that was named, empty otherwise.
    - ``found``: it was not named itself, but by its folder or a pattern.
    - ``problem``: why there is nothing to send, empty if there is.
    """

    source: Source
    shown: str
    name: str
    folder: Path
    within: Path = Path()
    found: bool = False
    problem: str = ""

    @property
    def path(self) -> Path | None:
        """The file, None for a URL or a pipe."""
        return Path(self.source) if isinstance(self.source, os.PathLike) else None


def recordings_of(arguments: Iterable[str]) -> list[Recording]:
    """Return all recordings in their order, each file once."""
    seen, kept = set(), []
    for recording in (one for argument in arguments for one in _of(argument)):
        path = recording.path
        same = os.path.realpath(path) if path else (recording.shown, recording.source)
        if same not in seen:
            seen.add(same)
            kept.append(recording)
    return kept


def printable(text: str) -> str:
    """Return text that a terminal only shows: no control characters, no half letters."""
    return "".join(
        letter if letter.isprintable() else "\N{REPLACEMENT CHARACTER}" for letter in text
    )


def _of(argument: str) -> Iterator[Recording]:
    if argument == STDIN:
        yield Recording(sys.stdin.buffer, "stdin", "stdin", Path())
    elif is_url(argument):
        yield Recording(argument, printable(shown(argument)), name_of(argument), Path())
    elif os.path.lexists(argument) or not glob.has_magic(argument):
        yield from _at(Path(argument), found=False)
    else:
        matches = sorted(glob.glob(argument, recursive=True))  # noqa: PTH207  quoted patterns, ** too
        if not matches:
            yield _missing(argument, "nothing matches it")
        for match in matches:
            yield from _at(Path(match), found=True)


def _at(path: Path, *, found: bool) -> Iterator[Recording]:
    if not path.is_dir():
        yield _file(path, found=found)
        return
    inside = [
        Path(folder, name)
        for folder, folders, names in os.walk(path)
        for name in _visible(folders, names)
        if Path(name).suffix.lower() in EXTENSIONS
    ]
    if not inside:
        yield _missing(str(path), "no recording is in it")
    for file in sorted(inside):
        yield _file(file, found=True, within=file.parent.relative_to(path))


def _visible(folders: list[str], names: list[str]) -> list[str]:
    """Return names that are not hidden, and keep ``os.walk`` out of hidden folders."""
    folders[:] = [name for name in folders if not name.startswith(".")]
    return [name for name in names if not name.startswith(".")]


def _file(path: Path, *, found: bool, within: Path = Path()) -> Recording:
    return Recording(path, printable(str(path)), path.name, path.parent, within, found)


def _missing(argument: str, why: str) -> Recording:
    return Recording(argument, printable(argument), argument, Path(), problem=why)
