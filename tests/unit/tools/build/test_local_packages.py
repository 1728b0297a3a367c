"""What `make translate`, `make serve` and the tools import is installed without what tests need."""

import ast
import re
import subprocess
import sys
from importlib.metadata import packages_distributions
from pathlib import Path

from local import REPOSITORY

UV = REPOSITORY / ".venv-uv" / "bin" / "uv"
OURS = {"audio_translate", "audio_translation", "local", "tools"}
LOOKED_FOR = {
    "samtranslator": "tools/deploy_policy runs that file with the SAM CLI's Python",
    "langcodes": "tools/build/language_table.py writes a file of ours, rarely",
}
"""Imports that another environment has, or none."""


def imported(folder: Path) -> set[str]:
    """Return the first parts of the names of all modules that a folder's files import."""
    names: set[str] = set()
    for path in folder.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Import):
                names |= {alias.name.partition(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                names.add(node.module.partition(".")[0])
    return names


def installed_to_run() -> set[str]:
    """Return the packages of the group ``local`` and what they need, as uv.lock has them."""
    command = [
        str(UV),
        "export",
        "--frozen",
        "--quiet",
        "--no-hashes",
        "--no-header",
        "--no-annotate",
    ]
    listed = subprocess.run(
        [*command, "--only-group", "local"],
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    ).stdout
    return {normalized(name) for name in re.findall(r"^([\w.-]+)==", listed, re.MULTILINE)}


def normalized(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def test_nothing_that_runs_imports_what_only_tests_install() -> None:
    found = packages_distributions()
    present = installed_to_run()
    folders = ("functions", "client", "local", "tools")
    names = set[str]().union(*(imported(REPOSITORY / folder) for folder in folders))
    missing = {
        name
        for name in names - set(LOOKED_FOR) - OURS - set(sys.stdlib_module_names)
        if not name.startswith("mypy_boto3")  # for type checkers
        and not present & {normalized(package) for package in found.get(name, [])}
    }
    assert missing == set()
