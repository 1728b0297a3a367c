"""`make check-providers`: a file by itself, and a parameter with its providers."""

import json
from collections.abc import Iterator
from pathlib import Path
from unittest import mock

import pytest

from tests.fakes.aws.moto_server import Aws
from tests.fakes.provider.answers import Answer, envelope
from tests.fakes.provider.speech_provider import SpeechProvider
from tests.worlds.provider_list import PATH, put_list, server
from tools.check_providers.__main__ import main


@pytest.fixture(scope="module")
def running() -> Iterator[SpeechProvider]:
    with SpeechProvider() as provider:
        yield provider


@pytest.fixture
def provider(running: SpeechProvider) -> SpeechProvider:
    running.reset()
    return running


@pytest.fixture
def account(aws: Aws) -> Iterator[Aws]:
    with mock.patch.dict("os.environ", aws.environment):
        yield aws


def test_a_file_is_checked_without_asking_anybody(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], provider: SpeechProvider
) -> None:
    file = tmp_path / "providers.json"
    listed = {
        "providers": {"one": server(provider), "own": {**server(provider), "keyParameter": ""}},
        "translation": [{"provider": "one"}, {"provider": "own"}],
    }
    file.write_text(json.dumps(listed))
    assert main(["--file", str(file)]) == 0
    assert capsys.readouterr().out.splitlines()[:3] == [
        "translation: one then own",
        "transcription: nobody",
        "text: nobody",
    ]
    assert provider.models_listed == 0
    file.write_text(json.dumps({**listed, "text": [{"provider": "third"}]}))
    assert main(["--file", str(file)]) == 1
    assert "text names 'third'" in capsys.readouterr().err
    assert main(["--file", str(tmp_path / "none.json")]) == 1


def test_each_provider_of_the_parameter_is_asked_with_its_key(
    account: Aws, capsys: pytest.CaptureFixture[str], provider: SpeechProvider
) -> None:
    put_list(
        account,
        providers={"one": server(provider), "bad": server(provider, keyParameter=f"{PATH}/none")},
        translation=[{"provider": "one", "models": {"whisper-1": "large"}}, {"provider": "bad"}],
    )
    assert main(["--parameter", PATH]) == 1
    one, bad, status = capsys.readouterr().out.splitlines()
    assert one.startswith("one: ok, ")
    assert one.endswith(" ms (whisper-1 as large)")
    assert bad.startswith("bad: no_key, ")
    assert status == "All in all: degraded."
    provider.no_models = Answer(envelope("down"), 500)
    assert main(["--parameter", PATH]) == 1
    assert "one: failing" in capsys.readouterr().out


def test_a_parameter_that_is_not_there_is_told(
    account: Aws, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["--parameter", "/none"]) == 1
    assert "/none cannot be read" in capsys.readouterr().err
