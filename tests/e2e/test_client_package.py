"""The client as somebody installs it who has nothing of this repository."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from local import REPOSITORY
from tests.e2e.shown_commands import run, shown
from tools.build.lambda_python import python_3_13

UV = REPOSITORY / ".venv-uv" / "bin" / "uv"
CHECK = """
import inspect, pathlib, audio_translate
assert (pathlib.Path(audio_translate.__file__).parent / "py.typed").exists()
assert "site-packages" in audio_translate.__file__
print(inspect.signature(audio_translate.AudioTranslate.translate).parameters["source"])
"""


@pytest.mark.parametrize("python", ["this", "3.13"])
def test_it_is_installed_into_an_empty_environment_and_runs(python: str, tmp_path: Path) -> None:
    interpreter = sys.executable if python == "this" else str(python_3_13())
    venv = tmp_path / "venv"
    subprocess.run([UV, "venv", "--quiet", "--python", interpreter, venv], check=True, timeout=60)
    path = {
        "VIRTUAL_ENV": str(venv),
        "PATH": os.pathsep.join([str(venv / "bin"), str(UV.parent), os.environ["PATH"]]),
    }
    # uv's pip takes what pip takes, and a second instead of ten.
    run(f"uv {shown('install the client')}", environ=path)
    assert "Usage: audio-translate" in run("audio-translate --help", environ=path).stdout
    assert "source" in run(f"python -c '{CHECK}'", environ=path, cwd=tmp_path).stdout
    assert not (REPOSITORY / "client" / "build").exists()
