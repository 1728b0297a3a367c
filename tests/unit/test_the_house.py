"""The layout that docs and newcomers rely on: a test file for every module, and no file too long.

An exception stands below with its reason; one that is no longer needed fails, too.
"""

from fnmatch import fnmatch
from pathlib import Path, PurePosixPath

import pytest

from local import REPOSITORY

LONGEST_SOURCE = 250
LONGEST_TEST = 500
"""Lines."""
MOST_MODULES = 12
"""In one folder, without __init__.py."""

PACKAGE = REPOSITORY / "functions" / "audio_translation"
TESTS = REPOSITORY / "tests"

OVER_HTTP = {
    "handlers/http.py": "test_app.py",
    "handlers/invoke.py": "test_invoke.py",
    "http_api/app.py": "test_app.py",
    "http_api/idempotency_key.py": "test_idempotency_key.py",
    "http_api/routes/backendless.py": "test_backendless.py",
    "http_api/routes/asr.py": "test_asr.py",
    "http_api/routes/jobs.py": "test_jobs.py",
    "http_api/routes/live.py": "test_live.py",
    "http_api/openapi/live_responses.py": "test_live.py",
    "http_api/routes/openai.py": "test_openai.py",
    "http_api/routes/page.py": "test_page.py",
    "http_api/routes/practice.py": "test_practice.py",
    "http_api/routes/records.py": "test_records.py",
    "http_api/openapi/docs_page.py": "test_openapi.py",
    "http_api/openapi/document.py": "test_openapi_operations.py",
    "http_api/openapi/examples.py": "test_openapi_operations.py",
    "http_api/openapi/job_responses.py": "test_openapi_operations.py",
    "http_api/openapi/responses.py": "test_openapi_operations.py",
    "http_api/openapi/schemas.py": "test_openapi_operations.py",
    "http_api/openapi/webhooks.py": "test_openapi_operations.py",
    "http_api/routes/service.py": "test_health.py",
    "engines/chain/provider_states.py": "test_health.py",
    "http_api/routes/transcriptions.py": "test_transcriptions.py",
    "http_api/routes/translations.py": "test_translate.py",
    "http_api/routes/uploads.py": "test_uploads.py",
    "http_api/wrong_method.py": "test_app.py",
    "practice/practice.py": "test_practice.py",
    "practice/request.py": "test_practice.py",
    "practice/result.py": "test_practice.py",
}
"""What is only tested as its callers use it: the files in tests/contract."""

WITHOUT_TESTS = {
    "audio/recording_worker.py": "the other end of recording_process.py, whose tests run it",
}

TOO_LONG: dict[str, str] = {}

TOO_MANY: dict[str, str] = {
    "local/provider": "one server whole: endpoints, forms, answers, model, weights",
}
"""Folders."""


def modules(folder: Path) -> list[str]:
    """Paths of a folder's modules, __init__.py left out, relative to it."""
    return sorted(
        str(path.relative_to(folder))
        for path in folder.rglob("*.py")
        if path.name != "__init__.py" and not {"node_modules", "__pycache__"} & set(path.parts)
    )


def lines(path: Path) -> int:
    return len(path.read_text().splitlines())


SOURCES = [
    f"{folder}/{module}"
    for folder in ("functions", "client", "local", "tools")
    for module in modules(REPOSITORY / folder)
]
FOLDERS = sorted({str(PurePosixPath(source).parent) for source in SOURCES})


def has_tests(module: str) -> bool:
    """Whether there is a unit or integration test file of the module's name in its place."""
    path = PurePosixPath(module)
    name = path.parent / f"test_{path.name}"
    return any((TESTS / kind / name).exists() for kind in ("unit", "integration"))


@pytest.mark.parametrize("module", modules(PACKAGE))
def test_every_module_has_a_test_file_of_its_name(module: str) -> None:
    if module in OVER_HTTP:
        assert (TESTS / "contract" / OVER_HTTP[module]).exists()
    else:
        assert has_tests(module) or module in WITHOUT_TESTS


@pytest.mark.parametrize("module", [*OVER_HTTP, *WITHOUT_TESTS])
def test_no_module_is_an_exception_that_is_none(module: str) -> None:
    assert (PACKAGE / module).exists()
    assert not has_tests(module)


@pytest.mark.parametrize("kind", ["unit", "integration"])
def test_test_files_of_the_package_are_named_after_what_they_test(kind: str) -> None:
    """A file for a part of a module has the module's name before its own."""
    for folder in {PurePosixPath(module).parent for module in modules(PACKAGE)} - {PurePosixPath()}:
        names = [path.stem for path in (PACKAGE / folder).glob("*.py")]
        for file in (TESTS / kind / folder).glob("test_*.py"):
            about = file.stem.removeprefix("test_")
            assert (
                about in names
                or any(about.startswith(f"{name}_") for name in names)
                or (f"{folder}/{file.name}" in NAMED_OTHERWISE)
            ), file


NAMED_OTHERWISE = {
    "handlers/test_switch_over.py": "the day on which OpenAI switches off, through all functions",
}


@pytest.mark.parametrize("source", SOURCES)
def test_no_source_file_is_too_long(source: str) -> None:
    assert (lines(REPOSITORY / source) > LONGEST_SOURCE) is (source in TOO_LONG)


@pytest.mark.parametrize("folder", FOLDERS)
def test_no_folder_has_too_many_modules(folder: str) -> None:
    count = len([source for source in SOURCES if str(PurePosixPath(source).parent) == folder])
    assert (count > MOST_MODULES) is (folder in TOO_MANY)


def test_no_file_of_tests_is_too_long() -> None:
    assert [name for name in modules(TESTS) if lines(TESTS / name) > LONGEST_TEST] == []


def test_pytest_looks_into_every_folder_with_tests(pytestconfig: pytest.Config) -> None:
    passed_over = pytestconfig.getini("norecursedirs")
    for file in TESTS.rglob("test_*.py"):
        parts = file.relative_to(REPOSITORY).parts[:-1]
        assert not any(fnmatch(part, over) for part in parts for over in passed_over), file
