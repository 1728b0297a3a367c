"""Real human speech in four languages, and what it says in English."""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

FOLDER = Path(__file__).parent.parent / "data" / "speech"


@dataclass(frozen=True)
class Recording:
    """One line of the manifest."""

    path: Path
    language: str
    seconds: float
    english: str


def recordings(folder: Path = FOLDER) -> Iterator[Recording]:
    """Yield all, in the manifest's order."""
    with (folder / "manifest.csv").open(encoding="utf-8", newline="") as manifest:
        for row in csv.DictReader(manifest):
            yield Recording(
                path=folder / row["file"],
                language=row["lang"],
                seconds=float(row["seconds"]),
                english=row["english"],
            )
