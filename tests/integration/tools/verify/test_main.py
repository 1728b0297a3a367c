"""`make verify` as it is typed, and OpenSSL beside it."""

import os
import subprocess
from pathlib import Path

import pytest

from local import REPOSITORY
from tests.openssl import openssl_verifies
from tests.unit.tools.verify.signed_files import signed
from tools.verify.__main__ import main


def make(**variables: str) -> tuple[int, str]:
    environment = {n: v for n, v in os.environ.items() if n not in {"MAKEFLAGS", "MAKELEVEL"}}
    ran = subprocess.run(
        ["make", "--silent", "verify", *(f"{name}={value}" for name, value in variables.items())],
        cwd=REPOSITORY,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    return ran.returncode, ran.stdout


def test_make_says_what_holds_and_which_file_does_not(tmp_path: Path) -> None:
    folder = tmp_path / "with a $blank' in it"
    record = signed(folder)
    status, said = make(FILE=str(record))
    assert (status, said.splitlines()[-1]) == (0, "The record holds.")
    (folder / "result.srt").write_bytes(b"another")
    key = str(folder / "key.pem")
    status, said = make(FILE=str(folder), KEY=key)
    assert status == 2
    assert "result.srt: CHANGED" in said
    assert "transcript.html: unchanged" in said
    assert "The record does NOT hold." in said


@pytest.mark.parametrize("arguments", [[""], ["/no/such/record.json"]])
def test_without_a_record_it_says_what_to_do(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["--file", *arguments]) == 1
    assert "record.json" in capsys.readouterr().err


def test_openssl_agrees(tmp_path: Path) -> None:
    record = signed(tmp_path / "job")
    content = record.read_bytes()
    signature = record.with_name("record.json.sig").read_bytes()
    pem = record.with_name("key.pem").read_text()
    assert openssl_verifies(content, signature, pem, tmp_path / "theirs")
    assert main(["--file", str(record)]) == 0
    changed = content.replace(b"result", b"resulu")
    record.write_bytes(changed)
    assert not openssl_verifies(changed, signature, pem, tmp_path / "theirs")
    assert main(["--file", str(record)]) == 1
