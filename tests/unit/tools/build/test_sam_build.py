"""A build is taken again until the sources change. Real builds are tested beside it."""

from pathlib import Path

import pytest

from tools.build import CannotBuild, sam_build
from tools.build.sam_build import build_folder, host_architecture, sam_environment


@pytest.fixture
def builds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The architectures of builds that were made, of a repository with one source file."""
    made: list[str] = []

    def build(folder: Path, architecture: str) -> None:
        made.append(architecture)
        folder.mkdir()

    (tmp_path / "template.yaml").write_text("one")
    monkeypatch.setattr(sam_build, "REPOSITORY", tmp_path)
    monkeypatch.setattr(sam_build, "_CACHE", tmp_path / "cache")
    monkeypatch.setattr(sam_build, "_sam_build", build)
    return made


def test_the_same_sources_are_built_once_for_each_processor(builds: list[str]) -> None:
    assert build_folder("arm64") == build_folder("arm64")
    assert build_folder("x86_64").is_dir()
    assert builds == ["arm64", "x86_64"]


def test_a_changed_source_is_built_anew_and_the_old_build_goes(
    builds: list[str], tmp_path: Path
) -> None:
    old, other = build_folder("arm64"), build_folder("x86_64")
    (tmp_path / "template.yaml").write_text("two")

    new = build_folder("arm64")

    assert builds == ["arm64", "x86_64", "arm64"]
    assert new.is_dir()
    assert not old.exists()
    assert other.exists()


@pytest.mark.parametrize(
    ("machine", "architecture"), [("AMD64", "x86_64"), ("x86_64", "x86_64"), ("aarch64", "arm64")]
)
def test_processors_have_lambdas_names(
    machine: str, architecture: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("platform.machine", lambda: machine)
    assert host_architecture() == architecture


def test_another_processor_cannot_be_built_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("platform.machine", lambda: "riscv64")
    with pytest.raises(CannotBuild, match="'riscv64'"):
        host_architecture()


def test_sam_gets_a_python_and_nothing_of_makes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sam_build, "python_3_13", lambda: Path("/usr/bin/python3.13"))
    monkeypatch.setenv("MAKEFLAGS", "-s")
    monkeypatch.setenv("PYTHONPATH", "functions:.")
    monkeypatch.setenv("KEPT", "1")

    environ = sam_environment()

    assert environ["LAMBDA_PYTHON"] == "/usr/bin/python3.13"
    assert environ["KEPT"] == "1"
    assert not {"MAKEFLAGS", "PYTHONPATH"} & set(environ)
