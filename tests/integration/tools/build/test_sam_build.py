"""The layers and the functions as `sam build` leaves them: pinned, compiled, small, importable.

The first run builds them, which takes half a minute.
"""

import os
import re
import struct
import subprocess
import sys
from pathlib import Path

import pytest

from local import REPOSITORY
from tools.build.lambda_python import python_3_13
from tools.build.media_layer_requirements import requirements_without
from tools.build.sam_build import build_folder, host_architecture

LAYERS = {"DependenciesLayer": "dependencies", "MediaLayer": "media"}
UV = REPOSITORY / ".venv-uv" / "bin" / "uv"
ELF_MACHINE = {"x86_64": 62, "arm64": 183}
MEGABYTE = 1_000_000
UNCHECKED_HASH = 0b01
"""Flags of a .pyc: bit 0, it holds its source's hash; bit 1, Python is to check it."""


@pytest.fixture(scope="module", params=["x86_64", "arm64"])
def architecture(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module", params=LAYERS)
def name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def layers(architecture: str, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """What lies under /opt; SAM's own build for this machine, the layers' alone for the other."""
    if architecture == host_architecture():
        return {name: build_folder(architecture) / name for name in LAYERS}
    targets = {name: tmp_path_factory.mktemp(architecture) for name in LAYERS}
    for name, target in targets.items():
        subprocess.run(
            ["make", "--silent", "--makefile", "../Makefile", f"build-{name}"],
            cwd=REPOSITORY / "layers" / LAYERS[name] / architecture,
            env={
                "PATH": os.environ["PATH"],
                "HOME": os.environ.get("HOME", "/"),
                "LAMBDA_PYTHON": str(python_3_13()),
                "ARTIFACTS_DIR": str(target),
            },
            check=True,
            timeout=240,
        )
    return targets


@pytest.fixture
def layer(layers: dict[str, Path], name: str) -> Path:
    return layers[name]


def test_the_layers_requirements_are_what_the_lock_file_says(name: str) -> None:
    exported = _exported("runtime")
    if name == "MediaLayer":
        exported = requirements_without(_exported("media"), exported)
    assert _requirements(name).read_text() == exported, "run `make lock`"


def test_the_layers_have_nothing_twice() -> None:
    first, second = (_pinned(name) for name in LAYERS)
    assert first
    assert second
    assert not first & second


def test_the_lock_file_is_what_pyproject_says() -> None:
    ran = subprocess.run(
        [UV, "lock", "--check"], cwd=REPOSITORY, capture_output=True, text=True, check=False
    )
    assert ran.returncode == 0, f"run `make lock`: {ran.stderr}"


def test_the_layer_holds_the_pinned_versions_and_nothing_else(layer: Path, name: str) -> None:
    found = {
        f"{_normal(name)}=={version}"
        for name, version in (
            path.name.removesuffix(".dist-info").split("-")
            for path in (layer / "python").glob("*.dist-info")
        )
    }
    assert found == _pinned(name)
    listed = f"audio-translation-{LAYERS[name]}.cdx.json"
    assert {path.name for path in layer.iterdir()} == {"python", listed}


def test_binaries_are_for_the_processor(layer: Path, architecture: str, name: str) -> None:
    modules = sorted(path for path in layer.rglob("*.so") if "av.libs" not in path.parts)
    expected = {"DependenciesLayer": {"_pydantic_core", "jiter"}, "MediaLayer": {"packet"}}[name]
    assert expected <= {path.name.split(".")[0] for path in modules}
    for path in modules:
        assert ".cpython-313-" in path.name or path.name.endswith(".abi3.so")
    for path in layer.rglob("*.so*"):
        assert struct.unpack("<18xH", path.read_bytes()[:20]) == (ELF_MACHINE[architecture],)


def test_everything_in_the_layer_is_compiled_and_never_checked_against_its_source(
    layer: Path,
) -> None:
    _check_compiled(layer / "python")


@pytest.mark.parametrize("function", ["HttpFunction", "InvokeFunction", "JobFunction"])
def test_a_function_is_our_package_compiled_and_nothing_else(function: str) -> None:
    folder = build_folder(host_architecture()) / function
    assert [path.name for path in folder.iterdir()] == ["audio_translation"]
    _check_compiled(folder)
    source = REPOSITORY / "functions" / "audio_translation"
    expected = {path.relative_to(source) for path in source.rglob("*.py")}
    package = folder / "audio_translation"
    assert {path.relative_to(package) for path in package.rglob("*.py")} == expected
    assert _size(folder) < 3 * MEGABYTE


def test_the_layers_are_far_under_lambdas_limit(layers: dict[str, Path], architecture: str) -> None:
    size, media = (_size(layers[name]) for name in LAYERS)
    sys.stdout.write(
        f"{architecture}: {size / MEGABYTE:.1f} MB unzipped, for jobs {media / MEGABYTE:.1f} MB"
        " besides; Lambda takes 250 MB\n"
    )
    assert size < 60 * MEGABYTE
    assert size + media + 3 * MEGABYTE < 220 * MEGABYTE


def test_the_layer_works_under_lambdas_python(tmp_path: Path) -> None:
    layer = build_folder(host_architecture()) / "DependenciesLayer" / "python"
    before = _files(layer)
    program = """
import boto3, openai, pydantic, requests, snapshot_restore_py
from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.event_handler import APIGatewayRestResolver
from aws_lambda_powertools.utilities.parameters import SSMProvider
session = boto3.Session(region_name="us-east-1")
print(session.client("s3").meta.service_model.api_version)
print(session.client("ssm").meta.service_model.api_version)
for service in ("dynamodb", "events", "lambda"):
    session.client(service)
for module in (boto3, openai, pydantic, requests):
    print(module.__file__)
    print(module.__cached__)
"""
    ran = subprocess.run(
        [python_3_13(), "-W", "error", "-S", "-c", program],
        env={"PYTHONPATH": str(layer), "HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    versions, files = ran.stdout.split()[:2], ran.stdout.split()[2:]
    assert versions == ["2006-03-01", "2014-11-06"]
    assert all(Path(file).is_relative_to(layer) for file in files)
    assert _files(layer) == before, "Python compiled again what was already compiled"


@pytest.mark.parametrize(
    ("function", "modules"),
    [
        ("JobFunction", "handlers.job"),
        (
            "HttpFunction",
            "handlers.http wiring.providers.engines audio.media.decoding"
            " translation.checks.language_detection",
        ),
    ],
)
def test_what_translates_can_be_imported_with_both_layers(
    tmp_path: Path, function: str, modules: str
) -> None:
    artifact = build_folder(host_architecture())
    folders = [artifact / name / "python" for name in LAYERS] + [artifact / function]
    imports = "".join(f"import audio_translation.{name}\n" for name in modules.split())
    program = f"""{imports}
from audio_translation.formats.line_breaking import words_of
assert len(words_of("สวัสดีชาวโลก")) == 3
print(audio_translation.__file__)"""
    ran = subprocess.run(
        [python_3_13(), "-W", "error", "-S", "-c", program],
        env={
            "PYTHONPATH": ":".join(map(str, folders)),
            "HOME": str(tmp_path),
            "AWS_DEFAULT_REGION": "us-east-1",
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    assert Path(ran.stdout.strip()).is_relative_to(folders[-1])


def _exported(group: str) -> str:
    unadorned = "--no-emit-project --no-annotate --no-header"
    return subprocess.run(
        [str(UV), *f"export --frozen --quiet --only-group {group} {unadorned}".split()],
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        check=True,
    ).stdout


def _requirements(name: str) -> Path:
    return REPOSITORY / "layers" / LAYERS[name] / "requirements.txt"


def _pinned(name: str) -> set[str]:
    return {
        f"{_normal(name)}=={version}"
        for name, version, marker in re.findall(
            r"^([\w.-]+)==([\w.]+)(.*)$", _requirements(name).read_text(), re.MULTILINE
        )
        if "== 'emscripten'" not in marker and "== 'win32'" not in marker
    }


def _check_compiled(folder: Path) -> None:
    sources = list(folder.rglob("*.py"))
    assert sources
    compiled = {path: path.read_bytes()[4:8] for path in folder.rglob("*.pyc")}
    expected = {path.parent / "__pycache__" / f"{path.stem}.cpython-313.pyc" for path in sources}
    assert set(compiled) == expected
    assert {int.from_bytes(flags, "little") for flags in compiled.values()} == {UNCHECKED_HASH}


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "_", name).lower()


def _files(folder: Path) -> dict[Path, int]:
    return {path: path.stat().st_mtime_ns for path in folder.rglob("*") if path.is_file()}


def _size(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def test_a_layer_carries_the_list_of_its_packages(layers: dict[str, Path], name: str) -> None:
    listed = layers[name] / f"audio-translation-{LAYERS[name]}.cdx.json"
    source = REPOSITORY / "layers" / LAYERS[name] / "sbom.cdx.json"
    assert listed.read_bytes() == source.read_bytes()
