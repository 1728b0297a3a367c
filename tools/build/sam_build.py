"""What `sam build` makes of this repository, on a machine that may hide its Python 3.13.

python -m tools.build.sam_build python          prints the path of a Python 3.13
python -m tools.build.sam_build x86_64          builds for that processor, prints the folder
"""

import functools
import hashlib
import os
import platform
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from local import REPOSITORY
from local.file_lock import one_at_a_time

SAM = REPOSITORY / ".venv-sam" / "bin" / "sam"
CACHE = REPOSITORY / ".cache" / "artifact"

_UV = REPOSITORY / ".venv-uv" / "bin" / "uv"
_SOURCES = ("functions", "layers", "template.yaml")
_ARCHITECTURES = {"x86_64": "x86_64", "amd64": "x86_64", "arm64": "arm64", "aarch64": "arm64"}


class CannotBuild(Exception):
    """Something that a build needs is missing; the message says what to do."""


def host_architecture() -> str:
    """Name this machine's processor as Lambda does; raises ``CannotBuild`` for any other."""
    machine = platform.machine().lower()
    if machine not in _ARCHITECTURES:
        raise CannotBuild(f"Lambda has no processor of the kind {machine!r}.")
    return _ARCHITECTURES[machine]


def built(architecture: str) -> Path:
    """Return the folder with `sam build`'s result for the sources as they are now.

    It holds template.yaml and a folder for each function and layer. Built once per state of the
    sources, half a minute. Raises ``CannotBuild``.
    """
    folder = CACHE / f"{architecture}-{_fingerprint()}"
    with one_at_a_time(CACHE / "lock"):
        if not folder.exists():
            for stale in CACHE.glob(f"{architecture}-*"):
                shutil.rmtree(stale)
            with tempfile.TemporaryDirectory(dir=CACHE, prefix="building-") as scratch:
                _sam_build(Path(scratch) / "build", architecture)
                (Path(scratch) / "build").rename(folder)
    return folder


def sam_environment() -> dict[str, str]:
    """Return what SAM runs with: the Makefiles' Python 3.13 by its path, nothing of our make's."""
    ours = ("PYTHONPATH", "MAKEFLAGS", "MAKELEVEL", "MFLAGS")
    environ = {name: value for name, value in os.environ.items() if name not in ours}
    return {**environ, "LAMBDA_PYTHON": str(python_3_13()), "SAM_CLI_TELEMETRY": "0"}


@functools.cache
def python_3_13() -> Path:
    """Find Python 3.13, the runtime's: on PATH, uv's, pyenv's, or installed by uv.

    Raises ``CannotBuild``.
    """
    for candidate in _pythons():
        if _is_3_13(candidate):
            return candidate
    raise CannotBuild(
        "Python 3.13, Lambda's runtime, was not found and could not be downloaded. "
        "Install it so that `python3.13 --version` works, then run the same command again."
    )


def _pythons() -> Iterator[Path]:
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
    """Whether it runs, is 3.13 and has pip: a version manager's stand-in may only pretend."""
    check = "import sys, pip; sys.exit(sys.version_info[:2] != (3, 13))"
    try:
        ran = subprocess.run([python, "-c", check], capture_output=True, timeout=30, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return ran.returncode == 0


def _sam_build(folder: Path, architecture: str) -> None:
    if not SAM.exists():
        raise CannotBuild("The SAM CLI is not set up: run `make .venv-sam/.done`.")
    command = [str(SAM), "build", "--no-cached", "--build-dir", str(folder)]
    command += ["--parameter-overrides", f"Architecture={architecture}"]
    ran = subprocess.run(
        command,
        cwd=REPOSITORY,
        env=sam_environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    if ran.returncode:
        raise CannotBuild(f"sam build failed:\n{ran.stdout}")


def _fingerprint() -> str:
    digest = hashlib.sha256()
    for name in _SOURCES:
        root = REPOSITORY / name
        for path in sorted(root.rglob("*")) if root.is_dir() else [root]:
            if path.is_file() and "__pycache__" not in path.parts:
                digest.update(str(path.relative_to(REPOSITORY)).encode())
                digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


if __name__ == "__main__":
    try:
        wanted = sys.argv[1]
        print(python_3_13() if wanted == "python" else built(wanted))
    except CannotBuild as error:
        sys.exit(str(error))
