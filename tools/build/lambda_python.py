"""Finds Python 3.13, Lambda's runtime, on this machine.

python -m tools.build.lambda_python             prints its path
"""

import functools
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from local import REPOSITORY
from tools.build import CannotBuild

_UV = REPOSITORY / ".venv-uv" / "bin" / "uv"


@functools.cache
def python_3_13() -> Path:
    """Return the path of a Python 3.13: that of PATH, uv's, pyenv's, or one that uv installs now.

    Raises CannotBuild.
    """
    for candidate in _candidates():
        if _is_3_13(candidate):
            return candidate
    raise CannotBuild(
        "Python 3.13, Lambda's runtime, was not found and could not be downloaded. "
        "Install it so that `python3.13 --version` works, then run the same command again."
    )


def _candidates() -> Iterator[Path]:
    on_path = shutil.which("python3.13")
    if on_path:
        yield Path(on_path)
    yield from _uv_find()
    pyenv = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv")
    yield from sorted(pyenv.glob("versions/3.13*/bin/python3.13"), reverse=True)
    if _UV.exists():
        print("Looking for a Python 3.13 to download ...", file=sys.stderr)
        subprocess.run([_UV, "python", "install", "--quiet", "3.13"], check=False)
        yield from _uv_find()


def _uv_find() -> Iterator[Path]:
    if _UV.exists():
        command = [str(_UV), "python", "find", "--quiet", "--no-project", "3.13"]
        found = subprocess.run(command, capture_output=True, text=True, check=False)
        if found.returncode == 0:
            yield Path(found.stdout.strip())


def _is_3_13(python: Path) -> bool:
    """Return whether it runs, is 3.13 and has pip: that on PATH may be a version manager's shim."""
    check = "import sys, pip; sys.exit(sys.version_info[:2] != (3, 13))"
    try:
        ran = subprocess.run([python, "-c", check], capture_output=True, timeout=30, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return ran.returncode == 0


if __name__ == "__main__":
    try:
        print(python_3_13())
    except CannotBuild as error:
        sys.exit(str(error))
