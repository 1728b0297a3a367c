"""What a translation is asked for, by the names of Python, and as the service's fields."""

import json
from collections.abc import Mapping, Sequence
from typing import Any, Literal, TypedDict, get_args

Format = Literal["json", "text", "srt", "vtt", "verbose_json", "ttml", "ass", "csv", "html"]
FORMATS: tuple[Format, ...] = get_args(Format)
_EXTENSIONS = {"text": "txt", "verbose_json": "json"}


class Options(TypedDict, total=False):
    """What ``translate``, ``submit`` and ``translate_many`` take by name; all may be left out."""

    to: str
    """The language to translate to: ``de``, ``pt-BR``, ``German``. English if left out."""
    format: str | Sequence[str]
    """One of ``FORMATS``, or several, which cost no more than one. ``text`` if left out."""
    source_language: str
    """The language spoken; a hint."""
    model: str
    prompt: str
    temperature: float
    transcribe: bool
    """Write down what is said, in the language spoken."""
    style: str | Mapping[str, Any]
    """Rules of subtitles: ``netflix``, ``bbc``, ``youtube``, ``social``, or figures."""
    track: int | str
    channels: Literal["mixed", "separate"]
    channel_names: Sequence[str]
    speakers: int | Literal["auto"]
    speaker_names: Sequence[str]
    include: Sequence[str]
    """``source`` and ``words``."""
    keywords: Sequence[str]
    record: bool
    """Have a signed record made."""
    save_source: bool
    max_cost_usd: float
    """Most dollars that the audio may cost."""
    cache: bool | Literal["no-store"]
    """False asks anew for audio that was translated before; ``no-store`` keeps nothing of it."""
    callback_url: str
    reference: str
    name: str
    """What the file is called, where the source has no name, or is to have another."""
    extra: Mapping[str, Any]
    """Further fields of the service, by its own names."""


_NAMES = {
    "to": "targetLanguage",
    "source_language": "sourceLanguage",
    "style": "subtitles",
    "channel_names": "channelNames",
    "speaker_names": "speakerNames",
    "save_source": "saveSource",
    "max_cost_usd": "maxCostUsd",
    "callback_url": "callbackUrl",
}
_NOT_SENT = {"format", "name", "extra"}


def formats_of(options: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the formats asked for, each once; raises ValueError for one that is not known."""
    asked = options.get("format") or "text"
    several = asked.split(",") if isinstance(asked, str) else asked
    found = tuple(dict.fromkeys(_EVERYDAY.get(n, n) for n in (s.strip().lower() for s in several)))
    unknown = [name for name in found if name not in FORMATS]
    if unknown or not found:
        raise ValueError(f"{', '.join(unknown) or 'nothing'} is no format: {', '.join(FORMATS)}")
    return found


_EVERYDAY = {"txt": "text", "webvtt": "vtt"}


def extension_of(format: str, others: Sequence[str] = ()) -> str:  # noqa: A002  as everywhere here
    """Return the extension of a file in this format, unlike those of ``others``; no dot."""
    if format == "verbose_json" and "json" in others:
        return "verbose.json"
    return _EXTENSIONS.get(format, format)


def fields_of(options: Mapping[str, Any]) -> dict[str, Any]:
    """Return the request's fields; raises TypeError for an option that there is not."""
    unknown = options.keys() - Options.__annotations__.keys()
    if unknown:
        raise TypeError(f"There is no option {', '.join(sorted(unknown))}.")
    fields: dict[str, Any] = {"responseFormat": formats_of(options)[0]}
    for name, value in options.items():
        if name not in _NOT_SENT and value not in (None, (), []):
            listed = isinstance(value, Sequence) and not isinstance(value, str)
            fields[_NAMES.get(name, name)] = list(value) if listed else value
    return {**fields, **(options.get("extra") or {})}


def form_of(fields: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Return the same as fields of a form: lists as several of one name, objects as JSON."""
    pairs: list[tuple[str, str]] = []
    for name, value in fields.items():
        if isinstance(value, list):
            pairs += [(f"{name}[]", str(one)) for one in value]
        elif isinstance(value, (bool, Mapping)):
            pairs.append((name, json.dumps(value)))
        else:
            pairs.append((name, str(value)))
    return pairs
