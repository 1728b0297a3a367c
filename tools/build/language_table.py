"""Makes ``translation/fields/language_table.py``: what callers call the languages known here.

    python -m tools.build.language_table

It is made of the IANA registry, ISO 639 and Unicode's CLDR, as the package ``langcodes`` has them.
In Lambda that package would cost 22 MB and 135 ms of a cold start; the table has what concerns the
hundred languages, in 11 KB.
"""

import sys
from collections.abc import Mapping
from importlib.metadata import version
from itertools import product
from pathlib import Path
from string import ascii_uppercase

import langcodes
from langcodes import data_dicts

from audio_translation.languages import NAMES, code_of
from local import REPOSITORY

TABLE = REPOSITORY / "functions/audio_translation/translation/fields/language_table.py"

_OTHER_NAMES = """
American English, Australian English, Austrian German, Azeri, Bokmål, Brazilian Portuguese,
British English, Burmese, Canadian English, Canadian French, Cantonese Chinese, Castilian, Dari,
European Portuguese, European Spanish, Farsi, Filipino, Flemish, Haitian, Hinglish,
Latin American Spanish, Letzeburgesch, Mandarin, Mandarin Chinese, Mexican Spanish,
Modern Standard Arabic, Moldavian, Moldovan, Myanmar, Norwegian Bokmål, Norwegian Nynorsk, Nynorsk,
Panjabi, Pushto, Serbo-Croatian, Simplified Chinese, Sinhalese, Swiss French, Swiss High German,
Tagalog, Traditional Chinese, Valencian
"""
"""English names beside the usual ones, which CLDR knows."""

_NAMED_SCRIPTS = ("Latn", "Cyrl", "Arab", "Hans", "Hant")
"""Scripts that people name to tell which form of a language they mean."""

_HEAD = '''\
"""Names, codes and aliases of the languages in ``languages.NAMES``.

Made by ``python -m tools.build.language_table`` of langcodes %s; not to be edited.
"""

# ruff: noqa: RUF001  names in other scripts
'''


def table() -> str:
    """Return the module's text."""
    parts = [
        ("NAMES", "Each tag with its names, in English and in the language itself.", _names()),
        ("ALIASES", "Other codes, those of three letters among them, and their tags.", _aliases()),
        ("MEMBERS", "Codes of languages that belong to a larger one.", _members()),
        ("REGIONS", "Regions and their English names.", _regions()),
        ("SPOKEN_IN", "What is mostly spoken in a region.", _spoken_in()),
        ("SCRIPTS", "Scripts and their English names.", _scripts()),
    ]
    body = "".join(
        f'\n{name} = """\n{_filled(entries)}\n"""\n"""{told}"""\n' for name, told, entries in parts
    )
    return _HEAD % version("langcodes") + body


def _names() -> dict[str, str]:
    found: dict[str, dict[str, None]] = {}
    for code, whispers in NAMES.items():
        language = langcodes.Language.get(code, normalize=False)
        tag = _usual(code)
        names = found.setdefault(tag, {})
        for name in (language.language_name(), whispers.title(), language.autonym()):
            if name.casefold() not in {known.casefold() for known in names}:
                names[name] = None
    known = {name.casefold() for names in found.values() for name in names}
    for name in " ".join(_OTHER_NAMES.split()).split(", "):
        understood = _understood(str(langcodes.find(name)))
        if understood is not None and name.casefold() not in known:
            found.setdefault(understood, {})[name] = None
    return {tag: "=".join(names) for tag, names in sorted(found.items())}


def _usual(code: str) -> str:
    """Return BCP 47's code for one of Whisper's."""
    return "jv" if code == "jw" else code


def _understood(tag: str) -> str | None:
    """Return a tag in its usual form, or None if its language is none of ``NAMES``."""
    usual = langcodes.standardize_tag(tag, macro=True)
    own = tag.partition("-")[0]
    if own in NAMES or own in ("nb", "fil", "jv"):
        usual = langcodes.standardize_tag(tag) if own != "tl" else tag
    return usual if code_of(usual) in NAMES else None


def _aliases() -> dict[str, str]:
    codes: set[str] = set(data_dicts.LANGUAGE_REPLACEMENTS) | set(data_dicts.MACROLANGUAGES)
    three = {langcodes.Language.get(code).to_alpha3(variant="T") for code in map(_usual, NAMES)}
    understood = {code.lower(): _understood(code) for code in codes | three}
    understood |= {"jw": "jv", "tgl": "tl", "tl": None}
    return {
        code: tag
        for code, tag in sorted(understood.items())
        if tag is not None and tag != code and not code.startswith(("en-", "i-default"))
    }


def _members() -> dict[str, str]:
    aliases = _aliases()
    return {
        member: larger
        for member, larger in sorted(data_dicts.MACROLANGUAGES.items())
        if larger in NAMES and member not in aliases and code_of(member) not in NAMES
    }


def _countries() -> list[str]:
    """Return the regions of two letters that have a name."""
    pairs = ("".join(pair) for pair in product(ascii_uppercase, repeat=2))
    valid = (pair for pair in pairs if langcodes.tag_is_valid(f"und-{pair}"))
    return [pair for pair in valid if _region_name(pair) not in (pair, "Unknown Region")]


def _region_name(region: str) -> str:
    name = langcodes.Language.make(territory=region).territory_name()
    return name.removesuffix(" SAR China")


def _regions() -> dict[str, str]:
    named = {region: _region_name(region) for region in ["419", *_countries()]}
    return {**named, "GB": "United Kingdom=UK=Great Britain", "US": "United States=USA"}


def _spoken_in() -> dict[str, str]:
    spoken = {}
    for region in (region for region in _countries() if region[0] not in "QXZ"):
        language = langcodes.Language.make(territory=region).maximize().language or ""
        if code_of(language) in NAMES and region.lower() not in {*NAMES, *_aliases()}:
            spoken[region.lower()] = language
    return spoken


def _scripts() -> dict[str, str]:
    return {
        code: langcodes.Language.make(script=code).script_name().removesuffix(" Han")
        for code in _NAMED_SCRIPTS
    }


def _filled(entries: Mapping[str, str]) -> str:
    """Return entries as lines of at most 100 characters, none of them split."""
    lines = [""]
    for key, value in entries.items():
        entry = f"{key}={value};"
        if len(lines[-1]) + len(entry) > 99:
            lines.append("")
        lines[-1] += (" " if lines[-1] else "") + entry
    return "\n".join(lines).removesuffix(";")


def main(path: Path = TABLE) -> None:
    """Write the module."""
    path.write_text(table(), encoding="utf-8")
    sys.stdout.write(f"{path}: {path.stat().st_size} bytes\n")


if __name__ == "__main__":
    main()
