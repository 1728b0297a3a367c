"""Whisper's weights are put together once, checked, and rebuilt when they are damaged."""

from pathlib import Path

import pytest

from local.provider import whisper_weights
from local.provider.whisper_weights import WeightsUnusable, joined_weights, model_to_load


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return joined_weights(tmp_path_factory.mktemp("cache") / "whisper-base")


def test_the_packages_hold_the_published_model(folder: Path) -> None:
    assert {path.name for path in folder.iterdir()} == {
        "model.bin",
        "config.json",
        "tokenizer.json",
        "vocabulary.txt",
        "verified.json",
    }
    assert (folder / "model.bin").stat().st_size == 145_217_532


def test_a_second_run_builds_nothing(folder: Path) -> None:
    before = (folder / "model.bin").stat()

    joined_weights(folder)

    assert (folder / "model.bin").stat().st_ino == before.st_ino


@pytest.mark.parametrize("name", ["model.bin", "vocabulary.txt", "verified.json"])
def test_a_file_that_was_cut_is_rebuilt(folder: Path, name: str) -> None:
    whole = (folder / name).stat().st_size
    (folder / name).write_bytes(b"cut")

    joined_weights(folder)

    assert (folder / name).stat().st_size == whole
    assert [path for path in folder.parent.iterdir() if path.is_dir()] == [folder]


def test_a_byte_that_changed_is_noticed(folder: Path) -> None:
    with (folder / "config.json").open("r+b") as file:
        file.write(b"[")

    joined_weights(folder)

    assert (folder / "config.json").read_bytes().startswith(b"{")


def test_a_tampered_package_is_refused_and_leaves_nothing(tmp_path: Path) -> None:
    halves = tmp_path / "package"
    halves.mkdir()
    names = ("model.bin.part1", "model.bin.part2", "config.json", "tokenizer.json")
    for name in (*names, "vocabulary.txt"):
        (halves / name).write_bytes(b"something else")
    folder = tmp_path / "cache" / "whisper-base"

    with pytest.raises(WeightsUnusable, match="damaged in the installed packages"):
        joined_weights(folder, [halves, halves])

    assert [path for path in folder.parent.iterdir() if path.is_dir()] == []


def test_a_missing_package_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(whisper_weights, "_PACKAGES", ("no_such_weights", "no_such_weights"))

    with pytest.raises(WeightsUnusable, match="no_such_weights is not installed"):
        joined_weights(tmp_path / "whisper-base")


def test_another_model_can_be_named() -> None:
    assert model_to_load({"WHISPER_MODEL": "small"}) == "small"
