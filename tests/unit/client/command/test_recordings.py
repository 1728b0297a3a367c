from pathlib import Path

import pytest

from audio_translate.command.recordings import printable, recordings_of


@pytest.fixture(autouse=True)
def _folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("rec/b.MP3", "rec/a.wav", "rec/notes.txt", "rec/.hidden.mp3", "rec/.git/c.mp3"):
        Path(name).parent.mkdir(parents=True, exist_ok=True)
        Path(name).touch()
    Path("rec/[x].mp3").touch()


def names(*arguments: str) -> list[str]:
    return [recording.shown for recording in recordings_of(arguments)]


def test_a_folder_stands_for_the_recordings_in_it() -> None:
    assert names("rec") == ["rec/[x].mp3", "rec/a.wav", "rec/b.MP3"]


def test_a_quoted_pattern_stands_for_what_it_matches_and_a_file_for_itself() -> None:
    assert names("rec/*.wav", "**/b.*") == ["rec/a.wav", "rec/b.MP3"]
    assert names("rec/[x].mp3", "rec/notes.txt") == ["rec/[x].mp3", "rec/notes.txt"]


def test_a_file_that_is_named_twice_is_paid_once() -> None:
    Path("link.wav").symlink_to("rec/a.wav")
    assert names("rec/a.wav", "rec/*.wav", "./rec/a.wav", "link.wav") == ["rec/a.wav"]


def test_what_there_is_not_is_a_problem_of_its_own() -> None:
    Path("empty").mkdir()
    problems = {one.shown: one.problem for one in recordings_of(["empty", "*.none", "a"])}
    assert problems == {"empty": "no recording is in it", "*.none": "nothing matches it", "a": ""}


def test_urls_are_shown_without_what_may_be_secret() -> None:
    assert names("https://u:p@h/a.mp3?X-Amz-Signature=s", "s3://b/k", "-") == [
        "https://h/a.mp3",
        "s3://b/k",
        "stdin",
    ]


def test_nothing_that_a_terminal_obeys_is_shown() -> None:
    assert printable("a\x1b[31m\u202eb\n\udcff") == "a�[31m�b��"
