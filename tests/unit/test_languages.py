"""Languages by their tags and by the names that OpenAI uses."""

import pytest

from audio_translation.languages import NAMES, code_of, name_of


def test_the_table_has_every_language_of_whisper_once() -> None:
    assert len(NAMES) == len(set(NAMES.values())) == 100
    assert (NAMES["es"], NAMES["ht"], NAMES["yue"]) == ("spanish", "haitian creole", "cantonese")


@pytest.mark.parametrize(
    ("tag", "code", "name"),
    [
        ("en", "en", "english"),
        ("pt-BR", "pt", "portuguese"),
        ("ZH-Hant-TW", "zh", "chinese"),
        ("nb", "no", "norwegian"),
        ("iw", "he", "hebrew"),
        ("cmn-Hans", "zh", "chinese"),
        ("tlh", "tlh", "tlh"),
    ],
)
def test_a_tag_is_taken_by_its_language(tag: str, code: str, name: str) -> None:
    assert (code_of(tag), name_of(tag)) == (code, name)
