"""What docs/engines.md says of the language check is what the check does."""

from local import REPOSITORY
from tests.benchmarks.detector import table


def test_the_documented_hits_and_misses_are_the_ones_of_today() -> None:
    assert table() in (REPOSITORY / "docs" / "engines.md").read_text(encoding="utf-8")
