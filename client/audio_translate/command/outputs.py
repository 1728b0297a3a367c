"""Where results are written: names that follow from the recordings, and of which no two are one."""

import os
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from audio_translate.command.recordings import STDIN, Recording
from audio_translate.options import extension_of
from audio_translate.result import format_of

_LONGEST_STEM = 200
"""Bytes; most file systems take 255 for a name."""
_NOT_IN_NAMES = re.compile(r'[/\\:*?"<>|]')
_DEVICES = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", re.IGNORECASE)
"""Names that mean something else in Windows."""


class WrongOutput(Exception):
    """``-o`` does not fit what is translated; the message says why."""


@dataclass(frozen=True)
class Target:
    """Where the results of a recording go: a file for each format, or stdout where that is None.

    ``record`` is the folder for its signed record; ``replaces``: what is there already is replaced.
    """

    recording: Recording
    files: tuple[tuple[str, Path | None], ...]
    record: Path | None
    replaces: bool = False

    @property
    def paths(self) -> list[Path]:
        """All that is written."""
        return [path for _, path in self.files if path] + ([self.record] if self.record else [])

    @property
    def existing(self) -> list[Path]:
        """What is there already and would be replaced; what is no file is written to."""
        return [path for path in self.paths if path.is_file() or path.is_dir()]


def format_in(output: str | None) -> str | None:
    """Return the format that the name of an output stands for."""
    return format_of(Path(output)) if output and output != STDIN else None


def targets(
    recordings: Sequence[Recording],
    output: str | None,
    formats: Sequence[str],
    *,
    record: bool = False,
) -> list[Target]:
    """Return where the results of each recording go; raises WrongOutput.

    - One recording in one format goes to stdout, or to the file ``output``.
    - Several, or what a folder or a pattern stands for, go to files beside the recordings, those of
      URLs and pipes into the current folder; or all into the folder ``output``.
    """
    single = len(recordings) == 1 and not recordings[0].found
    names = _Names(formats, record=record)
    names.keep(path for path in (one.path for one in recordings) if path)
    if output == STDIN or (output is None and single and len(formats) == 1):
        return [_to_stdout(one, formats, names) for one in recordings]
    folder = output is not None and (
        not single or output.endswith(("/", os.sep)) or Path(output).is_dir()
    )
    if output is None or folder:
        place = Path(output) if output else None
        if place and os.path.lexists(place) and not place.is_dir():
            raise WrongOutput(f"{output} is a file; several recordings need a folder.")
        return [names.target(one, place) for one in recordings]
    (recording,) = recordings
    path = Path(output)
    if recording.path and os.path.realpath(recording.path) == os.path.realpath(path):
        raise WrongOutput(f"{output} is the recording itself.")
    if len(formats) == 1:
        record_folder = path.with_name(f"{path.name}.record") if record else None
        return [Target(recording, ((formats[0], path),), record_folder)]
    base = path.with_suffix("") if format_of(path) else path
    return [names.of(recording, [base])]


def _to_stdout(recording: Recording, formats: Sequence[str], names: "_Names") -> Target:
    if len(formats) > 1:
        raise WrongOutput("Several formats cannot go to stdout together; -o names files.")
    beside = names.target(recording, None).record
    return Target(recording, ((formats[0], None),), beside)


class _Names:
    """Gives names, each once; letters that differ in case only are one, as on some disks."""

    def __init__(self, formats: Sequence[str], *, record: bool) -> None:
        self._formats, self._record = formats, record
        self._taken: set[str] = set()

    def keep(self, paths: Iterable[Path]) -> None:
        """Let no output have these names."""
        self._taken |= {_folded(path) for path in paths}

    def target(self, recording: Recording, output: Path | None) -> Target:
        folder = recording.folder if output is None else output / recording.within
        return self.of(recording, (folder / name for name in _stems(recording)))

    def of(self, recording: Recording, bases: Iterable[Path]) -> Target:
        """Return files of the first base whose names are all free."""
        target = None
        for base in bases:
            target = self._at(recording, base)
            if not {_folded(path) for path in target.paths} & self._taken:
                break
        assert target is not None  # noqa: S101  there is a first base
        self.keep(target.paths)
        return target

    def _at(self, recording: Recording, base: Path) -> Target:
        files = tuple(
            (name, base.with_name(f"{base.name}.{extension_of(name, self._formats)}"))
            for name in self._formats
        )
        record = base.with_name(f"{base.name}.record") if self._record else None
        return Target(recording, files, record)


def _stems(recording: Recording) -> Iterator[str]:
    """Yield names without an extension: that of the recording, then longer ones."""
    name = recording.name if recording.path else _plain(recording.name)
    stem = _cut(Path(name).stem or name)
    yield stem
    yield _cut(name)
    number = 2
    while True:
        yield f"{stem}-{number}"
        number += 1


def _plain(name: str) -> str:
    """Return a name of somebody else's as a name of a file anywhere."""
    text = "".join(letter if letter.isprintable() else "_" for letter in name)
    text = _NOT_IN_NAMES.sub("_", text).strip(". ") or "recording"
    return f"_{text}" if _DEVICES.fullmatch(text) else text


def _cut(name: str) -> str:
    return os.fsdecode(os.fsencode(name)[:_LONGEST_STEM])


def _folded(path: Path) -> str:
    return os.path.realpath(path).casefold()
