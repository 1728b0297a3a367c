"""The command line without a service: help, completion, configuration, and how it ends."""

import re
import socket
from pathlib import Path
from typing import Any

import click
import pytest
from click.shell_completion import ShellComplete

from audio_translate.command import main as command
from audio_translate.command.main import main, main_group
from audio_translate.configuration import file_path
from audio_translate.connection import __version__
from audio_translation.formats.rules.styles import Style


@pytest.fixture(autouse=True)
def _environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    for name in ("URL", "API_KEY", "PROFILE", "CONFIG"):
        monkeypatch.delenv(f"AUDIO_TRANSLATE_{name}", raising=False)


@pytest.fixture
def taken(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """What is to be translated, in place of translating it."""
    taken: list[Any] = []

    def took(*given: Any) -> int:
        taken.append(given)
        return 0

    monkeypatch.setattr(command, "translate", took)
    return taken


def configuration(content: str) -> None:
    path = file_path()
    path.parent.mkdir(parents=True)
    path.write_text(content)
    path.chmod(0o600)


def closed_port() -> str:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return f"http://127.0.0.1:{server.getsockname()[1]}"


def test_help_is_a_manual_page_and_shows_no_command_that_there_is_not(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["--help"]) == 0
    page = capsys.readouterr().out
    assert page.startswith("Usage: audio-translate [OPTIONS] RECORDINGS...")
    for part in ("Where results go", "Examples", "AUDIO_TRANSLATE_URL", "Exit status", "130"):
        assert part in page
    assert max(map(len, page.splitlines())) <= 80
    for name in main_group.list_commands(click.Context(main_group)):
        assert re.search(rf"^  {name} ", page, re.MULTILINE)
        assert main([name, "--help"]) == 0
    assert main(["--version"]) == 0
    assert __version__ in capsys.readouterr().out


def test_the_styles_are_those_of_the_service() -> None:
    assert list(command._STYLES.choices) == list(Style)


@pytest.mark.parametrize("arguments", [[], ["a.mp3", "--no-such"], ["a", "-f", "docx"], ["job"]])
def test_a_wrong_command_is_told_in_a_line_or_by_help(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(arguments) == 2
    assert "Usage" in capsys.readouterr().err


def test_options_become_the_request(taken: list[Any]) -> None:
    line = (
        "a.mp3 b/ --to de --from es --channels separate --channel-names Agent,Customer"
        " --speakers 2 --include source,words --keywords Łódź,Ñ --style netflix -f srt,vtt -j 2"
        " --prompt P --model m --record --timeout 5 -o out/"
    )
    assert main(line.split()) == 0
    ((_, recordings, wishes),) = taken
    assert recordings == ("a.mp3", "b/")
    assert wishes.fields == {
        "to": "de",
        "source_language": "es",
        "channels": "separate",
        "channel_names": ("Agent", "Customer"),
        "speakers": 2,
        "include": ("source", "words"),
        "keywords": ("Łódź", "Ñ"),
        "style": "netflix",
        "prompt": "P",
        "model": "m",
    }
    assert (wishes.formats, wishes.jobs, wishes.output) == (("srt", "vtt"), 2, "out/")
    assert (wishes.record, wishes.timeout, wishes.wait) == (True, 5, True)


def test_the_file_has_defaults_of_options_and_options_win(taken: list[Any]) -> None:
    configuration('to = "de"\nformat = "srt"\nfrom = "es"\n[profiles.en]\nto = "en"\njobs = 1\n')
    assert main(["a.mp3", "--from", "fr"]) == main(["a.mp3", "--profile", "en"]) == 0
    first, second = (wishes for _, _, wishes in taken)
    assert (first.fields["to"], first.fields["source_language"], first.jobs) == ("de", "fr", 4)
    assert (second.fields["to"], second.formats, second.jobs) == ("en", ("srt",), 1)


def test_a_setting_that_there_is_not_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    configuration('target = "de"')
    assert main(["a.mp3"]) == 2
    assert "'target'" in capsys.readouterr().err


def test_where_nothing_answers_it_says_what_to_do(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    Path("a.mp3").touch()
    url = closed_port()
    assert main(["a.mp3", "--url", url]) == 3
    assert f"Nothing answers at {url}" in capsys.readouterr().err
    monkeypatch.setattr("audio_translate.configuration.LOCAL", url)
    monkeypatch.setattr("audio_translate.command.translating.LOCAL", url)
    for arguments in (["a.mp3"], ["jobs"], ["job", "1"], ["cancel", "1"]):
        assert main(arguments) == 3
        assert "make serve" in capsys.readouterr().err


def test_a_wrong_url_is_a_matter_of_configuration(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["a.mp3", "--url", "nowhere"]) == 2
    assert "--url" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "incomplete", "offered"),
    [
        ([], "j", ["job", "jobs"]),
        ([], "--sp", ["--speakers", "--speaker-names"]),
        (["a.mp3", "--style"], "n", ["netflix"]),
        (["a.mp3", "-f"], "srt,v", ["srt,vtt", "srt,verbose_json"]),
        (["a.mp3"], "j", []),
        (["completion"], "z", ["zsh"]),
        (["job", "1"], "--par", ["--partial"]),
    ],
)
def test_a_shell_completes(arguments: list[str], incomplete: str, offered: list[str]) -> None:
    completing = ShellComplete(main_group, {}, "audio-translate", "_X")
    found = completing.get_completions(arguments, incomplete)
    assert {one.value for one in found if one.type == "plain"} == set(offered)
    if not offered:
        assert [one.type for one in found] == ["file"]


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_the_script_of_a_shell_is_printed(shell: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["completion", shell]) == 0
    assert "_AUDIO_TRANSLATE_COMPLETE" in capsys.readouterr().out
