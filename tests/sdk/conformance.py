"""`make conformance`: run OpenAI's SDKs against the service and write docs/conformance.md."""

import tempfile
from collections.abc import Sequence
from pathlib import Path

from local import REPOSITORY
from tests.sdk.rows import ROWS, Row
from tests.worlds.sdk_service import SUITES, Seen, running_sdk_service

PAGE = REPOSITORY / "docs" / "conformance.md"
_HEAD = """\
# OpenAI's contract, row by row

What OpenAI documents of `POST /v1/audio/translations`, `POST /v1/audio/transcriptions` and
`GET /v1/models` beside what is here. In each row OpenAI's own SDKs made the call and saw what is
said, over HTTP, with the local front and a scripted provider behind the service. `make conformance`
writes this page; a test compares it with what the SDKs see.
"""


def kept(row: Row, seen: Seen) -> bool:
    """Whether an SDK saw what the row says, with as many requests."""
    return seen.saw.get(row.name) == row.saw and seen.calls.get(row.name) == row.calls


def page(all_seen: Sequence[Seen]) -> str:
    """Return the page for what the SDKs saw."""
    head = ["call", "OpenAI documents", "here", *(seen.sdk for seen in all_seen)]
    rows = [
        [row.name, row.documented, row.here]
        + ["yes" if kept(row, seen) else "**no**" for seen in all_seen]
        for row in ROWS
    ]
    lines = [head, ["---"] * len(head), *rows]
    return _HEAD + "\n" + "".join(f"| {' | '.join(line)} |\n" for line in lines)


def main() -> None:
    """Write the page."""
    with tempfile.TemporaryDirectory() as folder, running_sdk_service(Path(folder)) as service:
        PAGE.write_text(page([service.run(suite) for suite in SUITES]))


if __name__ == "__main__":
    main()
