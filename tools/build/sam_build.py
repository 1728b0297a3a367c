"""Runs `sam build` once for each state of the sources.

python -m tools.build.sam_build [x86_64]    builds for that processor or this one, prints the folder
"""

import hashlib
import os
import platform
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from local import REPOSITORY
from local.file_lock import file_lock
from tools.build import CannotBuild
from tools.build.lambda_python import python_3_13

SAM = REPOSITORY / ".venv-sam" / "bin" / "sam"
_CACHE = REPOSITORY / ".cache" / "artifact"

_SOURCES = ("functions", "layers", "template.yaml")
_ARCHITECTURES = {"x86_64": "x86_64", "amd64": "x86_64", "arm64": "arm64", "aarch64": "arm64"}


def host_architecture() -> str:
    """Return Lambda's name of this machine's processor; raises CannotBuild if it has none."""
    machine = platform.machine().lower()
    if machine not in _ARCHITECTURES:
        raise CannotBuild(f"Lambda has no processor of the kind {machine!r}.")
    return _ARCHITECTURES[machine]


def build_folder(architecture: str) -> Path:
    """Return the folder with the result of `sam build` for the sources as they are now.

    It holds template.yaml and a folder for each function and layer. A build takes half a minute;
    what was built from the same sources is taken again. Raises CannotBuild.
    """
    folder = _CACHE / f"{architecture}-{_fingerprint()}"
    with file_lock(_CACHE / "lock"):
        if not folder.exists():
            for stale in _CACHE.glob(f"{architecture}-*"):
                shutil.rmtree(stale)
            with tempfile.TemporaryDirectory(dir=_CACHE, prefix="building-") as scratch:
                _sam_build(Path(scratch) / "build", architecture)
                (Path(scratch) / "build").rename(folder)
    return folder


def sam_environment() -> dict[str, str]:
    """Return the SAM CLI's environment: Python 3.13 for layers' Makefiles, no variables of make."""
    dropped = ("PYTHONPATH", "MAKEFLAGS", "MAKELEVEL", "MFLAGS")
    environ = {name: value for name, value in os.environ.items() if name not in dropped}
    return {**environ, "LAMBDA_PYTHON": str(python_3_13()), "SAM_CLI_TELEMETRY": "0"}


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
        print(build_folder(sys.argv[1] if len(sys.argv) > 1 else host_architecture()))
    except CannotBuild as error:
        sys.exit(str(error))
