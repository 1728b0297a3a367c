"""The container file copies what is there, and everything that set-up and the service need."""

import fnmatch
import re
import shlex
import subprocess
from pathlib import Path

import pytest

from local import REPOSITORY

FILE = (REPOSITORY / "Containerfile").read_text()
IGNORE = (REPOSITORY / ".dockerignore").read_text().splitlines()


def instructions() -> list[tuple[str, str]]:
    """Return name and argument of each, continued lines as one."""
    lines = re.sub(r"^#.*\n", "", FILE, flags=re.MULTILINE).replace("\\\n", " ").splitlines()
    return [(line.split()[0], line.split(maxsplit=1)[1]) for line in lines if line]


def arguments(name: str) -> list[str]:
    return [argument for found, argument in instructions() if found == name]


COPIED = {
    source
    for argument in arguments("COPY")
    for source in [part for part in shlex.split(argument) if not part.startswith("--")][:-1]
}
ENVIRONMENT = dict(
    pair.split("=", 1) for argument in arguments("ENV") for pair in shlex.split(argument)
)


@pytest.mark.parametrize("source", sorted(COPIED))
def test_what_is_copied_is_in_the_repository_and_in_the_context(source: str) -> None:
    assert (REPOSITORY / source).exists()
    kept = [line[1:] for line in IGNORE if line.startswith("!")]
    assert any(source == path or fnmatch.fnmatch(source, f"{path}/*") for path in kept)


def test_nothing_of_the_machines_owner_is_in_the_context() -> None:
    assert next(line for line in IGNORE if not line.startswith("#")) == "*"
    assert {line[1:] for line in IGNORE if line.startswith("!")} <= COPIED | {"local"}


def test_everything_that_the_set_up_reads_is_copied_before_it() -> None:
    names = [name for name, _ in instructions()]
    before = " ".join(
        argument
        for name, argument in instructions()[: names.index("WORKDIR") + 5]
        if name == "COPY"
    )
    for source in ("Makefile", "pyproject.toml", "uv.lock", "tools/build", "local/file_lock.py"):
        assert source in before


def test_its_commands_are_targets_of_make() -> None:
    targets = set(re.findall(r"\bmake (\w[\w-]*)", " ".join(arguments("RUN") + arguments("CMD"))))
    assert {"setup", "serve"} <= targets
    for target in targets - {"make"}:
        subprocess.run(
            ["make", "--dry-run", target], cwd=REPOSITORY, check=True, capture_output=True
        )


def test_its_variables_reach_the_service() -> None:
    ran = subprocess.run(
        ["make", "--old-file=.venv/.local", "--dry-run", "serve", f"HOST={ENVIRONMENT['HOST']}"],
        cwd=REPOSITORY,
        env={"PATH": "/usr/local/bin:/usr/bin:/bin", **ENVIRONMENT},
        check=True,
        capture_output=True,
        text=True,
    )
    assert "--port 8080 --s3-port 8081" in ran.stdout
    assert "--json-log" in ran.stdout
    assert set(arguments("EXPOSE")[0].split()) == {ENVIRONMENT["PORT"], ENVIRONMENT["S3_PORT"]}


def test_a_variable_of_the_shell_named_host_opens_nothing(tmp_path: Path) -> None:
    python = tmp_path / "python"
    python.write_text('#!/bin/sh\necho "$@"\n')
    python.chmod(0o755)
    for given, expected in (([], "--host 127.0.0.1 "), (["HOST=0.0.0.0"], "--host 0.0.0.0 ")):
        ran = subprocess.run(
            ["make", "--old-file=.venv/.local", "serve", f"VENV_PYTHON={python}", *given],
            cwd=REPOSITORY,
            env={"PATH": "/usr/local/bin:/usr/bin:/bin", "HOST": "a.test"},
            check=True,
            capture_output=True,
            text=True,
        )
        assert expected in ran.stdout
