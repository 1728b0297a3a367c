"""Python 3.13 is found where it is, and a stand-in for it is not taken."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tools.build import CannotBuild, lambda_python
from tools.build.lambda_python import python_3_13


@pytest.fixture
def path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The only folder on PATH; there is neither uv nor pyenv."""
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}/usr/bin{os.pathsep}/bin")
    monkeypatch.setenv("PYENV_ROOT", str(tmp_path / "pyenv"))
    monkeypatch.setattr(lambda_python, "_UV", tmp_path / "uv")
    python_3_13.cache_clear()
    yield tmp_path
    python_3_13.cache_clear()


def put(program: Path, *, status: int) -> None:
    program.parent.mkdir(parents=True, exist_ok=True)
    program.write_text(f"#!/bin/sh\nexit {status}\n")
    program.chmod(0o755)


def test_that_on_path_is_taken(path: Path) -> None:
    put(path / "python3.13", status=0)
    assert python_3_13() == path / "python3.13"


def test_a_stand_in_that_does_not_run_is_passed_over(path: Path) -> None:
    put(path / "python3.13", status=1)
    put(path / "pyenv/versions/3.13.1/bin/python3.13", status=1)
    put(path / "pyenv/versions/3.13.0/bin/python3.13", status=0)
    assert python_3_13() == path / "pyenv/versions/3.13.0/bin/python3.13"


def test_without_one_it_is_said_what_to_do(path: Path) -> None:
    put(path / "python3.13", status=1)
    with pytest.raises(CannotBuild, match=r"Install it so that `python3\.13 --version` works"):
        python_3_13()
