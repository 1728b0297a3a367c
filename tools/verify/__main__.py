"""`make verify`: whether a record and its files are still what was signed."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from tools.verify.check_record import NotChecked, check, record_of


def main(arguments: Sequence[str] | None = None) -> int:
    """Print what is right and what is not; return 0 if nothing was changed, else 1."""
    parser = argparse.ArgumentParser(prog="make verify")
    parser.add_argument("--file", required=True)
    parser.add_argument("--key", default="")
    parser.add_argument("--source", default="")
    options = parser.parse_args(arguments)
    if not options.file:
        print("make verify FILE=record.json [KEY=key.pem] [SOURCE=audio]", file=sys.stderr)
        return 1
    try:
        record = record_of(Path(options.file))
        report = check(
            record,
            key=Path(options.key) if options.key else None,
            source=Path(options.source) if options.source else None,
        )
    except NotChecked as error:
        print(error, file=sys.stderr)
        return 1
    for finding in report.findings:
        print(f"{finding.name}: {finding.text}")
    print("The record holds." if report.holds else "The record does NOT hold.")
    return 0 if report.holds else 1


if __name__ == "__main__":
    sys.exit(main())
