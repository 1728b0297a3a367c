"""docs/clients.md names the versions that the tests run, and tells who ran each row."""

import json
import re
import tomllib

import pytest

from local import REPOSITORY

PAGE = (REPOSITORY / "docs" / "clients.md").read_text()
ROWS = [
    [cell.strip() for cell in row.strip("|").split("|")]
    for row in re.findall(r"^\|.*\|$", PAGE, re.MULTILINE)
    if not row.startswith(("|--", "| client |"))
]
NODE = ("sdk/node", "sdk/typescript", "browser")


def locked() -> set[tuple[str, str]]:
    """Names and versions of all packages that are installed for tests."""
    lock = tomllib.loads((REPOSITORY / "uv.lock").read_text())
    found = {(one["name"], one["version"]) for one in lock["package"] if "version" in one}
    for folder in NODE:
        tree = json.loads((REPOSITORY / "tests" / folder / "package-lock.json").read_text())
        for path, package in tree["packages"].items():
            found.add((path.removeprefix("node_modules/"), str(package.get("version"))))
    return found


def versions(text: str) -> set[tuple[str, str]]:
    """Each version in a cell, with the package named last before it."""
    tokens = re.findall(r"`(@?[\w/-]+)`|\b(\d+\.\d+\.\d+)\b", text)
    package, found = "", set()
    for name, version in tokens:
        package = name or package
        if version and package:
            found.add((package, version))
    return found


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[0][:30])
def test_a_row_is_run_by_the_tests_or_by_hand(row: list[str]) -> None:
    assert len(row) == 3
    assert "](../tests/" in row[0] or "by hand" in row[0]


def test_the_versions_are_those_that_the_tests_run() -> None:
    named = set[tuple[str, str]]()
    for client, *_ in ROWS:
        if "](../tests/" in client:
            named |= versions(client)
    assert len(named) >= 9
    assert named - locked() == set()
    (chromium,) = (v for name, v in locked() if name == "@sparticuz/chromium")
    assert f"Chromium {chromium.partition('.')[0]}," in PAGE
