"""Checks a record offline: its signature, and every file that it names."""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import load_pem_public_key

_RECORD, _SIGNATURE, _KEY = "record.json", ".sig", "key.pem"
_TYPE = "audio-translation-record/1"
_CUT = "\N{HORIZONTAL ELLIPSIS}"
"""What a name begins with of which the record has only the end."""
_LONGEST_NAME = 255
"""Bytes, in most file systems."""


class NotChecked(Exception):
    """There is no record to check, or no key; the message says what to do."""


@dataclass(frozen=True)
class Finding:
    """What was found about one file; ``right`` is None if the file is not there."""

    name: str
    right: bool | None
    text: str


@dataclass(frozen=True)
class Report:
    """What was found about a record and its files."""

    findings: tuple[Finding, ...]

    @property
    def holds(self) -> bool:
        """Whether nothing is wrong, the signature is good, and there was a file to check."""
        checked = [finding for finding in self.findings[1:] if finding.right is not None]
        return bool(checked) and not any(finding.right is False for finding in self.findings)


def record_of(path: Path) -> Path:
    """Return the record that a path means: itself, the one in a folder, or the one beside a file.

    Raises NotChecked.
    """
    if path.is_dir():
        candidates = [path / _RECORD]
    elif path.name.endswith(_RECORD):
        candidates = [path]
    else:
        parts = path.name.split(".")
        stems = [".".join(parts[:end]) for end in range(len(parts), 0, -1)]
        beside = [path.with_name(f"{stem}.{_RECORD}") for stem in stems]
        candidates = [*beside, path.with_name(_RECORD)]
    for candidate in candidates:
        if candidate.is_file():
            return candidate
    raise NotChecked(f"There is no {_RECORD} at or beside {path}.")


def check(record: Path, *, key: Path | None = None, source: Path | None = None) -> Report:
    """Check a record; ``key`` is the public key, ``source`` the audio, if they are not beside it.

    Raises NotChecked.
    """
    content = record.read_bytes()
    signed = _signature(record, content, key or record.with_name(_KEY))
    said = _read(record.name, content)
    files = [_file(_beside(record, _last(output)), output) for output in said["outputs"]]
    audio = source or _source_of(record, _last(said["source"]))
    return Report((signed, *files, _file(audio, said["source"], "source ")))


def _signature(record: Path, content: bytes, key: Path) -> Finding:
    signature = record.with_name(record.name + _SIGNATURE)
    if not key.is_file():
        raise NotChecked(
            f"There is no key at {key}. Save that of GET /record/key there, or name it: KEY=file"
        )
    if not signature.is_file():
        return Finding(record.name, right=False, text=f"NOT SIGNED: there is no {signature.name}")
    try:
        public = load_pem_public_key(key.read_bytes())
    except (ValueError, UnsupportedAlgorithm) as error:
        raise NotChecked(f"{key} is no public key in PEM.") from error
    if not isinstance(public, ec.EllipticCurvePublicKey):
        raise NotChecked(f"{key} is no key for ECDSA.")
    try:
        public.verify(signature.read_bytes(), content, ec.ECDSA(hashes.SHA256()))
    except InvalidSignature:
        wrong = f"CHANGED: it, its signature or {key.name} is another one than when it was signed"
        return Finding(record.name, right=False, text=wrong)
    return Finding(record.name, right=True, text=f"signed with {key.name}")


def _read(name: str, content: bytes) -> dict[str, Any]:
    """Return what a record says; raises NotChecked for what is none."""
    try:
        said = json.loads(content)
        named = [*said["outputs"], said["source"]]
        whole = all(
            isinstance(entry[field], str) for entry in named for field in ("name", "sha256")
        )
    except (ValueError, KeyError, TypeError, RecursionError):
        said, whole = {}, False
    if not whole or said.get("type") != _TYPE:
        raise NotChecked(f"{name}: CHANGED, or it was never a record of this service.")
    return dict(said)


def _last(entry: dict[str, Any]) -> str:
    """Return a file's name without folders: what a record says is not trusted with a path.

    Nor with a terminal: what no file of ours is called is not shown.
    """
    name = PurePosixPath(entry["name"]).name
    usable = name.isprintable() and len(name.encode()) <= _LONGEST_NAME
    return name if usable and name not in {"", _CUT} else "nameless"


def _beside(record: Path, name: str) -> Path:
    """Return the file of this name beside a record, of which a long name has only the end."""
    exact = record.with_name(name)
    if exact.is_file() or not name.startswith(_CUT):
        return exact
    stem, end = record.name.removesuffix(_RECORD), name.removeprefix(_CUT)
    found = (path for path in record.parent.iterdir() if path.name.startswith(stem))
    return next((path for path in found if path.name.endswith(end)), exact)


def _source_of(record: Path, name: str) -> Path:
    """Return where the audio probably is: beside the record, or in ``uploads/`` of its bucket.

    Of a long name the record has only the end; its own name begins with the whole one.
    """
    whole = record.name.removesuffix(f".{_RECORD}")
    if name.startswith(_CUT) and whole.endswith(name.removeprefix(_CUT)):
        name = whole
    return next((path for path in _places(record, name) if path.is_file()), record.with_name(name))


def _places(record: Path, name: str) -> Iterator[Path]:
    yield record.with_name(name)
    parts = list(record.absolute().parent.parts)
    for place in (place for place, part in enumerate(parts) if part == "translations"):
        yield Path(*parts[:place], "uploads", *parts[place + 1 :], name)


def _file(path: Path, entry: dict[str, Any], kind: str = "") -> Finding:
    name = f"{kind}{path.name}"
    if not path.is_file():
        return Finding(name, right=None, text="not checked: it is not here")
    with path.open("rb") as file:
        found = hashlib.file_digest(file, "sha256").hexdigest()
    if found == entry["sha256"]:
        return Finding(name, right=True, text="unchanged")
    return Finding(name, right=False, text=f"CHANGED: its SHA-256 is {found}")
