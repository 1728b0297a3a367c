"""Real human speech in four languages, and what it says in English."""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

FOLDER = Path(__file__).parent.parent / "data" / "speech"
FEW = "manifest.csv"
"""Three recordings of each language, one of them long."""
ALL = "all.csv"
"""Thirteen of each language, those among them: what long files of real speech are made of."""


@dataclass(frozen=True)
class Recording:
    """One line of a manifest."""

    path: Path
    language: str
    seconds: float
    source: str
    """What it says."""
    english: str


def recordings(folder: Path = FOLDER, manifest: str = FEW) -> Iterator[Recording]:
    """Yield all, in the manifest's order."""
    with (folder / manifest).open(encoding="utf-8", newline="") as table:
        for row in csv.DictReader(table):
            yield Recording(
                path=folder / row["file"],
                language=row["lang"],
                seconds=float(row["seconds"]),
                source=row["source"],
                english=row["english"],
            )
