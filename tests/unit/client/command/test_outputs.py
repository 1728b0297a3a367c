import os
from pathlib import Path

import pytest

from audio_translate.command.outputs import Target, WrongOutput, format_in, targets
from audio_translate.command.recordings import recordings_of


@pytest.fixture(autouse=True)
def _folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("talk.mp4", "rec/talk.mp4", "rec/talk.wav", "rec/sub/TALK.mp3"):
        Path(name).parent.mkdir(parents=True, exist_ok=True)
        Path(name).touch()


def planned(*arguments: str, output: str | None = None, formats: str = "srt") -> list[Target]:
    return targets(recordings_of(arguments), output, formats.split(","))


def written(*arguments: str, output: str | None = None, formats: str = "srt") -> list[str]:
    found = planned(*arguments, output=output, formats=formats)
    return [os.path.relpath(path) for target in found for path in target.paths]


def test_one_recording_in_one_format_goes_to_stdout() -> None:
    assert written("talk.mp4") == []
    assert written("talk.mp4", "rec/talk.wav", output="-") == []
    assert written("talk.mp4", output="a/b.srt") == ["a/b.srt"]


def test_more_than_that_goes_beside_the_recordings() -> None:
    assert written("talk.mp4", formats="srt,vtt") == ["talk.srt", "talk.vtt"]
    assert written("rec") == ["rec/sub/TALK.srt", "rec/talk.srt", "rec/talk.wav.srt"]
    assert written("talk.mp*") == ["talk.srt"]
    assert written("https://h/x.mp3?secret", "-") == ["x.srt", "stdin.srt"]


def test_a_folder_takes_all_and_keeps_the_folders_within() -> None:
    assert written("rec", output="out") == ["out/sub/TALK.srt", "out/talk.srt", "out/talk.wav.srt"]
    assert written("talk.mp4", output="out/") == ["out/talk.srt"]
    assert written("talk.mp4", output="rec") == ["rec/talk.srt"]


def test_no_two_names_are_one_on_any_disk() -> None:
    names = written("talk.mp4", "rec/talk.mp4", "rec/sub/TALK.mp3", output="out/")
    assert names == ["out/talk.srt", "out/talk.mp4.srt", "out/TALK.mp3.srt"]
    Path("rec/sub/talk.mp4").touch()
    files = ("talk.mp4", "rec/talk.mp4", "rec/sub/talk.mp4")
    assert written(*files, output="out/")[-1] == "out/talk-2.srt"


def test_no_output_has_the_name_of_a_recording() -> None:
    Path("a.srt").touch()
    assert written("a.srt", "a.srt", "talk.mp4") == ["a.srt.srt", "talk.srt"]
    with pytest.raises(WrongOutput, match="recording itself"):
        planned("talk.mp4", output="./talk.mp4")


def test_several_formats_of_one_output_share_its_name() -> None:
    assert written("talk.mp4", output="b.srt", formats="srt,vtt") == ["b.srt", "b.vtt"]
    assert written("talk.mp4", output="b.2", formats="json,verbose_json") == [
        "b.2.json",
        "b.2.verbose.json",
    ]


def test_what_does_not_fit_is_told() -> None:
    with pytest.raises(WrongOutput, match="need a folder"):
        planned("talk.mp4", "rec/talk.wav", output="rec/talk.mp4")
    with pytest.raises(WrongOutput, match="stdout"):
        planned("talk.mp4", output="-", formats="srt,vtt")


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("https://h/..%2F..%2Fetc%2Fpasswd", "_..srt"),
        ("https://h/.ssh", "ssh.srt"),
        ("https://h/con.mp3", "_con.srt"),
        ("https://h/a%00b%0A.mp3", "a_b_.srt"),
        ("https://h/" + "x" * 250 + ".mp3", "x" * 200 + ".srt"),
        ("https://h/", "recording.srt"),
    ],
)
def test_the_name_in_a_url_is_made_harmless(url: str, name: str) -> None:
    assert written(url, output="out/") == [f"out/{name}"]


def test_the_record_has_a_folder_beside() -> None:
    (target,) = targets(recordings_of(["talk.mp4"]), None, ["text"], record=True)
    assert (target.files, target.record) == ((("text", None),), Path("talk.record"))
    Path("talk.record").mkdir()
    assert target.existing == [Path("talk.record")]


def test_the_name_of_the_output_tells_the_format() -> None:
    names = ("a.SRT", "a.txt", "a.json", "a.verbose.json", "a", "-", None)
    assert [format_in(name) for name in names] == [
        "srt", "text", "json", "verbose_json", None, None, None,
    ]  # fmt: skip
