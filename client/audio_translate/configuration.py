"""Which service, and with which key: what is given, else the environment, else a file."""

import os
import sys
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from audio_translate.connection import is_loopback, shown
from audio_translate.errors import ConfigurationError

URL, API_KEY = "AUDIO_TRANSLATE_URL", "AUDIO_TRANSLATE_API_KEY"
PROFILE, FILE = "AUDIO_TRANSLATE_PROFILE", "AUDIO_TRANSLATE_CONFIG"
LOCAL = "http://127.0.0.1:8080"
"""Where `make serve` answers."""
_ROUTE = "/translate"


@dataclass(frozen=True)
class Service:
    """Where to send requests. ``notes`` are odd things that the caller should know."""

    url: str
    api_key: str | None = field(repr=False)
    notes: tuple[str, ...] = ()


def configured(
    url: str | None = None,
    api_key: str | None = None,
    profile: str | None = None,
    environ: Mapping[str, str] = os.environ,
) -> Service:
    """Return the service to use; raises ConfigurationError.

    A key of the file is only used with the URL of the file, unless the file has no URL: it would
    be sent to somebody else.
    """
    given_url = url or environ.get(URL)
    given_key = api_key or environ.get(API_KEY)
    told = read_profile(profile or environ.get(PROFILE), environ)
    own = told.settings.get("url")
    same = not given_url or not own or service_url(given_url) == service_url(str(own))
    found = service_url(str(given_url or own or LOCAL))
    key = _usable(given_key or (told.settings.get("api_key") if same else None))
    notes = list(told.notes)
    if key and found.startswith("http://") and not is_loopback(found):
        notes.append(f"{shown(found)} is not https: the API key can be read on the way.")
    return Service(found, key, tuple(notes))


@dataclass(frozen=True)
class Profile:
    """The settings of a profile, and what is odd about its file."""

    settings: Mapping[str, Any] = field(repr=False)
    notes: tuple[str, ...] = ()


def read_profile(name: str | None, environ: Mapping[str, str] = os.environ) -> Profile:
    """Return the top of the file, with the profile's own settings over it.

    Without a file there are no settings, unless a profile is asked for. Raises ConfigurationError.
    """
    path = file_path(environ)
    try:
        with path.open("rb") as file:
            content = tomllib.load(file)
            mode = os.fstat(file.fileno()).st_mode
    except FileNotFoundError:
        if name:
            raise ConfigurationError(f"There is no profile {name}: {path} is not there.") from None
        return Profile({})
    except OSError as error:
        raise ConfigurationError(f"{path} cannot be read: {error.strerror}.") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError):
        # The error's text may have a line of the file in it.
        raise ConfigurationError(f"{path} is no TOML.") from None
    profiles = content.pop("profiles", {})
    name = name or content.pop("profile", None)
    content.pop("profile", None)
    if name and not (isinstance(profiles, dict) and isinstance(profiles.get(name), dict)):
        known = ", ".join(profiles) if isinstance(profiles, dict) and profiles else "none"
        raise ConfigurationError(f"There is no profile {name} in {path}; it has {known}.")
    secrets = any("api_key" in part for part in (content, *_tables(profiles)))
    notes = []
    if secrets and sys.platform != "win32" and mode & 0o077:
        notes.append(f"Others can read {path}, and the key in it: chmod 600 {path}")
    return Profile({**content, **(profiles[name] if name else {})}, tuple(notes))


def file_path(environ: Mapping[str, str] = os.environ) -> Path:
    """Return where the configuration file is, or would be."""
    if environ.get(FILE):
        return Path(environ[FILE]).expanduser()
    if sys.platform == "win32" and environ.get("APPDATA"):
        base = Path(environ["APPDATA"])
    else:
        base = Path(environ.get("XDG_CONFIG_HOME") or "~/.config").expanduser()
    return base / "audio-translate" / "config.toml"


def service_url(url: str) -> str:
    """Return the URL that routes follow: that of a stage, or what the stack prints, is fine.

    Raises ConfigurationError.
    """
    try:
        parts = urlsplit(url.strip())
        usable = parts.scheme in {"http", "https"} and parts.hostname
        _ = parts.port
    except ValueError:
        usable = None
    if not usable:
        raise ConfigurationError(
            f"The URL must be one of http:// or https://, such as {LOCAL}; it is set by --url, "
            f"{URL}, or url in the configuration file."
        )
    return f"{parts.scheme}://{parts.netloc}{parts.path.rstrip('/').removesuffix(_ROUTE)}"


def _usable(api_key: object) -> str | None:
    """Return a key that can be a header; raises ConfigurationError, which does not repeat it."""
    if api_key is None:
        return None
    key = str(api_key).strip()
    if not (key.isascii() and key.isprintable()):
        raise ConfigurationError(
            "The API key has characters that no key has, such as a line break; copy it again."
        )
    return key or None


def _tables(profiles: object) -> list[Any]:
    found = profiles.values() if isinstance(profiles, dict) else ()
    return [table for table in found if isinstance(table, dict)]
