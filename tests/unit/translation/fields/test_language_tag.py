"""Languages as people and tools write them, and what is suggested for what is none."""

import pytest

from audio_translation.languages import NAMES
from audio_translation.translation.fields.language_tag import read_language, suggestions


@pytest.mark.parametrize(
    ("text", "tag"),
    [
        ("de", "de"),
        (" DE ", "de"),
        ("pt_BR", "pt-BR"),
        ("PT-br", "pt-BR"),
        ("zh-hant-tw", "zh-Hant-TW"),
        ("es-419", "es-419"),
        ("en-UK", "en-GB"),
        ("de_DE.UTF-8", "de-DE"),
        ("de-x-Own", "de-x-own"),
        ("nb", "nb"),
        # three letters, bibliographic and terminological
        ("deu", "de"),
        ("ger", "de"),
        ("spa", "es"),
        ("fre-CA", "fr-CA"),
        ("haw", "haw"),
        # no longer in use, or the code of the usual variety of a larger language
        ("iw", "he"),
        ("in", "id"),
        ("ji", "yi"),
        ("jw", "jv"),
        ("mo", "ro"),
        ("sh", "sr-Latn"),
        ("sh-BA", "sr-BA"),
        ("arb", "ar"),
        ("cmn", "zh"),
        ("cmn-Hans", "zh-Hans"),
        ("prs", "fa-AF"),
        ("zsm", "ms"),
        ("no-bok", "nb"),
        ("i-lux", "lb"),
        # extended
        ("zh-yue", "yue"),
        ("zh_yue_HK", "yue-HK"),
        ("zh-cmn-Hans-CN", "zh-Hans-CN"),
        # names
        ("German", "de"),
        ("deutsch", "de"),
        ("FRANCAIS", "fr"),
        ("français", "fr"),
        ("Русский", "ru"),
        ("中文", "zh"),
        ("العربية", "ar"),
        ("हिन्दी", "hi"),
        ("haitian-creole", "ht"),
        ("Mandarin", "zh"),
        ("Farsi", "fa"),
        ("Serbo-Croatian", "sr-Latn"),
        ("Brazilian Portuguese", "pt-BR"),
        ("Portuguese (Brazil)", "pt-BR"),
        ("Chinese (Simplified)", "zh-Hans"),
        ("Chinese, Traditional", "zh-Hant"),
        ("English - United States", "en-US"),
        ("English (UK)", "en-GB"),
    ],
)
def test_a_language_is_known_by_tag_code_and_name(text: str, tag: str) -> None:
    assert read_language(text) == tag


def test_every_language_is_known_by_its_code_and_by_whispers_name() -> None:
    for code, name in NAMES.items():
        assert read_language(code) is not None, code
        assert read_language(name) == read_language(code), name


@pytest.mark.parametrize(
    "text",
    ["", " ", "xx", "gsw", "tlh", "Klingon", "arz", "e n", "d", "de-", "de--AT", "de-toolongone",
     "de-" + "abc-" * 9 + "x", "^[A-Za-z]", "(Brazil)", "German (Nowhere)"],
)  # fmt: skip
def test_what_names_no_language_is_none(text: str) -> None:
    assert read_language(text) is None


@pytest.mark.parametrize(
    ("text", "likeliest"),
    [("Germn", "de"), ("englsh", "en"), ("jp", "ja"), ("cn", "zh"), ("cz-CZ", "cs"), ("arz", "ar")],
)
def test_a_wrong_one_has_suggestions(text: str, likeliest: str) -> None:
    found = suggestions(text)
    assert found[0] == likeliest
    assert len(found) <= 3


@pytest.mark.parametrize("text", ["", "xx", "Klingon", "?"])
def test_what_is_like_nothing_has_none(text: str) -> None:
    assert suggestions(text) == []
