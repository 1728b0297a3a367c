from pathlib import Path

import pytest

from audio_translate import ConfigurationError
from audio_translate.configuration import LOCAL, configured, file_path, read_profile, service_url


@pytest.fixture
def environ(tmp_path: Path) -> dict[str, str]:
    return {"XDG_CONFIG_HOME": str(tmp_path)}


def write(environ: dict[str, str], content: str, mode: int = 0o600) -> None:
    path = file_path(environ)
    path.parent.mkdir()
    path.write_text(content)
    path.chmod(mode)


FILE = """
url = "https://one.example/v1"
api_key = "key-one"
to = "de"
[profiles.work]
url = "https://two.example/v2/"
api_key = "key-two"
"""


def test_without_anything_it_is_the_local_service(environ: dict[str, str]) -> None:
    found = configured(environ=environ)
    assert (found.url, found.api_key, found.notes) == (LOCAL, None, ())


def test_what_is_given_wins_over_the_environment_and_that_over_the_file(
    environ: dict[str, str],
) -> None:
    write(environ, FILE)
    assert configured(environ=environ).url == "https://one.example/v1"
    environ |= {"AUDIO_TRANSLATE_URL": "https://three.example", "AUDIO_TRANSLATE_API_KEY": "three"}
    found = configured(environ=environ)
    assert (found.url, found.api_key) == ("https://three.example", "three")
    found = configured("https://four.example", "four", environ=environ)
    assert (found.url, found.api_key) == ("https://four.example", "four")


def test_the_files_key_is_not_sent_to_another_service(environ: dict[str, str]) -> None:
    write(environ, FILE)
    assert configured("https://elsewhere.example", environ=environ).api_key is None
    assert configured("https://one.example/v1/translate", environ=environ).api_key == "key-one"


def test_a_profile_replaces_what_it_names(environ: dict[str, str]) -> None:
    write(environ, FILE)
    found = configured(profile="work", environ=environ)
    assert (found.url, found.api_key) == ("https://two.example/v2", "key-two")
    assert read_profile("work", environ).settings["to"] == "de"
    environ["AUDIO_TRANSLATE_PROFILE"] = "work"
    assert configured(environ=environ).api_key == "key-two"


def test_the_file_may_name_the_usual_profile(environ: dict[str, str]) -> None:
    write(environ, 'profile = "work"\n' + FILE)
    assert configured(environ=environ).api_key == "key-two"


@pytest.mark.parametrize(
    ("content", "profile", "told"),
    [
        (FILE, "home", "There is no profile home"),
        (None, "home", "is not there"),
        ('api_key = "secret', None, "is no TOML"),
        ('profiles = "x"', "home", "There is no profile home"),
        ('url = "ftp://one.example"', None, "http:// or https://"),
    ],
)
def test_what_cannot_be_used_is_told_without_its_secrets(
    environ: dict[str, str], content: str | None, profile: str | None, told: str
) -> None:
    if content is not None:
        write(environ, content)
    with pytest.raises(ConfigurationError, match=told) as caught:
        configured(profile=profile, environ=environ)
    assert "secret" not in str(caught.value)


def test_a_key_that_others_can_read_is_warned_about(environ: dict[str, str]) -> None:
    write(environ, FILE, 0o644)
    (note,) = configured(environ=environ).notes
    assert "chmod 600" in note
    assert "key-one" not in note


def test_a_key_over_plain_http_is_warned_about(environ: dict[str, str]) -> None:
    assert "not https" in configured("http://one.example", "k", environ=environ).notes[0]
    assert configured("http://localhost:1", "k", environ=environ).notes == ()


@pytest.mark.parametrize("key", ["two\nlines", "schlüssel", "zero\0"])
def test_a_key_that_is_no_header_is_refused_and_not_repeated(
    environ: dict[str, str], key: str
) -> None:
    with pytest.raises(ConfigurationError) as caught:
        configured(api_key=key, environ=environ)
    assert key not in str(caught.value)
    assert "key-one" not in repr(configured(api_key="key-one", environ=environ))


@pytest.mark.parametrize(
    ("given", "url"),
    [
        ("https://h.example/v1/translate", "https://h.example/v1"),
        ("https://h.example/v1/", "https://h.example/v1"),
        (" http://h.example:81 ", "http://h.example:81"),
        ("https://h.example/base/path?x=1#y", "https://h.example/base/path"),
    ],
)
def test_any_url_that_a_stack_prints_will_do(given: str, url: str) -> None:
    assert service_url(given) == url


@pytest.mark.parametrize("given", ["", "h.example", "https://", "http://h:port", "http://[x"])
def test_what_is_no_url_is_refused(given: str) -> None:
    with pytest.raises(ConfigurationError):
        service_url(given)
