"""Clients that generators make of /openapi.json translate, follow a job and upload a file."""

import json
import os
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
import requests

from local import REPOSITORY
from local.__main__ import SHORT_SAMPLE
from local.service import LocalService
from tests.e2e.environment import readers_environment

PYTHON = REPOSITORY / ".venv-openapi-python" / "bin"
NODE = REPOSITORY / ".venv-node" / "bin" / "node"
SDK = REPOSITORY / "tests" / "sdk"
TYPESCRIPT = SDK / "typescript"
MODULES = TYPESCRIPT / "node_modules"
TSC = MODULES / "typescript" / "bin" / "tsc"
KEY = "any-key-of-a-caller"


@pytest.fixture(scope="module")
def document(local_service: LocalService, tmp_path_factory: pytest.TempPathFactory) -> Path:
    answer = requests.get(f"{local_service.url}/openapi.json", timeout=60)
    path = tmp_path_factory.mktemp("openapi") / "openapi.json"
    path.write_bytes(answer.content)
    return path


def run(command: Sequence[object], folder: Path, **environment: str) -> str:
    ran = subprocess.run(
        [str(part) for part in command],
        cwd=folder,
        env={**readers_environment(), **environment},
        capture_output=True,
        text=True,
        timeout=150,
        check=False,
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr
    return ran.stdout


def typescript(folder: Path, program: str) -> None:
    """Put a program and what it needs beside what was generated."""
    (folder / "node_modules").symlink_to(MODULES)
    for name in ("package.json", "tsconfig.json", program):
        shutil.copy(TYPESCRIPT / name, folder)


def arguments(service: LocalService) -> list[str]:
    return [service.url, KEY, f"{service.url}/example.mp3", str(SHORT_SAMPLE)]


def check(saw: dict[str, Any], service: LocalService) -> None:
    """Compare what a client saw with what the service says to anybody."""
    body = {"audioFileUrl": f"{service.url}/example.mp3"}
    text = requests.post(f"{service.url}/translate", json=body, timeout=120).json()["text"]
    assert "conference" in text.lower()
    said, language, segments = saw.pop("verbose_json")
    assert (said, language) == (text, "english")
    assert segments >= 1
    assert saw == {
        "json": text,
        "srt": "1",
        "job": "succeeded",
        "translation": text,
        "listed": True,
        "error": ["url_not_allowed", "audioFileUrl"],
        "form": text,
        "whisper-1": True,
        "uploaded": "succeeded",
        "deleted": 204,
    }


def test_openapi_python_client(local_service: LocalService, document: Path, tmp_path: Path) -> None:
    generate = ["generate", "--path", document, "--output-path", "generated", "--meta", "none"]
    path = f"{PYTHON}{os.pathsep}{os.environ['PATH']}"  # it formats with ruff
    said = run([PYTHON / "openapi-python-client", *generate], tmp_path, PATH=path)
    assert "arning" not in said, "a part of the page was left out"
    program = [PYTHON / "python", SDK / "openapi_python.py", *arguments(local_service)]
    check(json.loads(run(program, tmp_path, PYTHONPATH=str(tmp_path))), local_service)


def test_openapi_typescript_with_openapi_fetch(
    local_service: LocalService, document: Path, tmp_path: Path
) -> None:
    typescript(tmp_path, "openapi_fetch.ts")
    generator = MODULES / "openapi-typescript" / "bin" / "cli.js"
    run([NODE, generator, document, "--output", "generated.d.ts"], tmp_path)
    run([NODE, TSC, "--project", "."], tmp_path)
    saw = run([NODE, "openapi_fetch.ts", *arguments(local_service)], tmp_path)
    check(json.loads(saw), local_service)


def test_hey_api(local_service: LocalService, document: Path, tmp_path: Path) -> None:
    typescript(tmp_path, "hey_api.ts")
    run([NODE, TYPESCRIPT / "generate_hey_api.mjs", document, tmp_path / "generated"], tmp_path)
    run([NODE, TSC, "--project", "."], tmp_path)
    check(json.loads(run([NODE, "hey_api.ts", *arguments(local_service)], tmp_path)), local_service)


def test_a_linter_has_nothing_to_say(document: Path) -> None:
    assert json.loads(run([NODE, TYPESCRIPT / "lint.mjs", document], TYPESCRIPT)) == []
