"""Set-up: of two first runs both succeed, and the weights' fallback serves where they are gone."""

import base64
import hashlib
import os
import shutil
import subprocess
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from local import REPOSITORY
from tests.e2e.environment import readers_environment

UV = REPOSITORY / ".venv-uv" / "bin" / "uv"
SET_UP = ("Makefile", "local/file_lock.py", "tools/build/check_python.sh")
INSTALL = "tools/build/install_packages.sh"

FAKE_UV = """#!/bin/sh
mkdir "$PWD/busy" || exit 7 # another one runs
echo "$*" >>log
sleep 0.3
mkdir -p .venv
rmdir "$PWD/busy"
"""
FAKE_INSTALL = """#!/bin/sh
mkdir -p .venv-uv/bin && sleep 0.3
cp fake-uv .venv-uv/bin/uv && echo uv >>log
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """The parts of the project that set up, with a uv that only writes down how it was called."""
    for name in (*SET_UP, INSTALL):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(REPOSITORY / name, tmp_path / name)
    for name in ("pyproject.toml", "uv.lock"):
        (tmp_path / name).touch()
    (tmp_path / "tools/build/install_uv.sh").write_text(FAKE_INSTALL)
    (tmp_path / "fake-uv").write_text(FAKE_UV)
    (tmp_path / "fake-uv").chmod(0o755)
    return tmp_path


def make(project: Path, *targets: str) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        ["make", *targets],
        cwd=project,
        env=readers_environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def ended(run: "subprocess.Popen[str]") -> str:
    """Wait for the end, which must be a success; return what it said."""
    _, said = run.communicate(timeout=60)
    assert run.returncode == 0, said
    return said


def calls(project: Path) -> list[str]:
    return [line.split(" --frozen")[0] for line in (project / "log").read_text().splitlines()]


class TestMake:
    def test_of_two_first_runs_one_sets_up_and_both_succeed(self, project: Path) -> None:
        said = [ended(run) for run in [make(project, "setup"), make(project, "setup")]]

        assert calls(project) == ["uv", "sync"]
        assert sum(text.count("Installing") for text in said) == 1
        assert all(len(text.splitlines()) <= 3 for text in said), said

    def test_runs_one_after_the_other_install_once(self, project: Path) -> None:
        ended(make(project, "setup"))

        assert ended(make(project, "setup")) == ""
        assert calls(project) == ["uv", "sync"]

    def test_running_installs_less_than_testing_and_never_takes_it_away(
        self, project: Path
    ) -> None:
        ended(make(project, ".venv/.done"))
        (project / ".venv" / ".local").unlink()
        ended(make(project, "setup"))

        (sync,) = [line for line in (project / "log").read_text().splitlines() if "sync" in line]
        assert "--group dev --group weights" in sync

        for stamp in (".done", ".local"):  # of before uv.lock changed
            os.utime(project / ".venv" / stamp, (1, 1))
        ended(make(project, "setup"))
        assert (project / "log").read_text().count("--group dev --group weights\n") == 2
        assert "--group local" not in (project / "log").read_text()

    def test_a_python_that_is_not_there_is_told(self, project: Path) -> None:
        run = make(project, "setup", "PYTHON=no-such-python")
        _, said = run.communicate(timeout=60)

        assert run.returncode != 0
        assert "There is no no-such-python. Install Python 3.11" in said
        assert not (project / ".venv-uv").exists()


class TestFallback:
    @pytest.fixture
    def index(self, tmp_path: Path) -> Path:
        folder = tmp_path / "index"
        for name in ("runner", "first-half", "second-half", "other-first", "other-second"):
            write_package(folder, name)
        return folder

    @pytest.fixture
    def project(self, tmp_path: Path, index: Path) -> Iterator[Path]:
        """A project with groups as ours are called, whose index is on this machine."""
        folder = tmp_path / "project"
        folder.mkdir()
        with served(index) as url:
            (folder / "pyproject.toml").write_text(
                "[project]\nname = 'p'\nversion = '1'\nrequires-python = '>=3.11'\n"
                "[dependency-groups]\nlocal = ['runner']\n"
                "weights = ['first-half', 'second-half']\n"
                "weights-fallback = ['other-first', 'other-second']\n"
                f"[[tool.uv.index]]\nurl = '{url}'\ndefault = true\n"
                "[tool.uv]\npackage = false\n"
            )
            uv(folder, "lock", "--quiet")
            yield folder

    def test_the_weights_are_installed_while_they_are_there(self, project: Path) -> None:
        assert install(project).stderr == ""
        assert installed(project) == {"runner", "first_half", "second_half"}

    def test_weights_that_are_gone_have_a_fallback(self, project: Path, index: Path) -> None:
        shutil.rmtree(index / "second-half")

        said = install(project).stderr

        assert said == "Whisper's weights were not to be had; those of another package serve.\n"
        assert installed(project) == {"runner", "other_first", "other_second"}

    def test_what_else_is_gone_is_told_in_uvs_words(self, project: Path, index: Path) -> None:
        shutil.rmtree(index / "runner")

        ran = install(project, succeeds=False)

        assert "runner" in ran.stderr
        assert "another package" not in ran.stderr

    def test_other_bytes_than_were_locked_are_refused(self, project: Path, index: Path) -> None:
        for name in ("first-half", "other-first"):
            shutil.rmtree(index / name)
            write_package(index, name, content="tampered = True\n")

        assert "first-half" in install(project, succeeds=False).stderr


def write_package(index: Path, name: str, content: str = "") -> None:
    """Write a wheel into a folder of its own, as a simple index has it.

    Source: https://packaging.python.org/en/latest/specifications/simple-repository-api/
    """
    module = name.replace("-", "_")
    folder = index / name
    folder.mkdir(parents=True)
    files = {
        f"{module}/__init__.py": content,
        f"{module}-1.0.dist-info/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n",
        f"{module}-1.0.dist-info/WHEEL": "Wheel-Version: 1.0\nRoot-Is-Purelib: true\n"
        "Tag: py3-none-any\n",
    }
    record = "".join(f"{path},{record_hash(text)},{len(text)}\n" for path, text in files.items())
    wheel = folder / f"{module}-1.0-py3-none-any.whl"
    with zipfile.ZipFile(wheel, "w") as archive:
        for path, text in (files | {f"{module}-1.0.dist-info/RECORD": record}).items():
            archive.writestr(path, text)
    digest = hashlib.sha256(wheel.read_bytes()).hexdigest()
    (folder / "index.html").write_text(f'<a href="{wheel.name}#sha256={digest}">{wheel.name}</a>')


def record_hash(text: str) -> str:
    digest = hashlib.sha256(text.encode()).digest()
    return "sha256=" + base64.urlsafe_b64encode(digest).decode().rstrip("=")


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_: Any) -> None:
        """Say nothing."""


@contextmanager
def served(folder: Path) -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(folder))) as server:
        thread = Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/"
        finally:
            server.shutdown()
            thread.join()


def environment(project: Path) -> dict[str, str]:
    """Without an index, constraints and a cache of the machine's owner."""
    kept = {n: v for n, v in readers_environment().items() if not n.startswith(("UV_", "PIP_"))}
    return kept | {"UV_CACHE_DIR": str(project / "cache"), "UV_HTTP_RETRIES": "0"}


def uv(project: Path, *arguments: str) -> None:
    subprocess.run([UV, *arguments], cwd=project, env=environment(project), check=True, timeout=60)


def install(project: Path, *, succeeds: bool = True) -> "subprocess.CompletedProcess[str]":
    ran = subprocess.run(
        ["sh", REPOSITORY / INSTALL, UV, "python3", "local"],
        cwd=project,
        env=environment(project),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (ran.returncode == 0) is succeeds, ran.stderr
    return ran


def installed(project: Path) -> set[str]:
    return {p.parent.name for p in project.glob(".venv/lib/*/site-packages/*/__init__.py")}
