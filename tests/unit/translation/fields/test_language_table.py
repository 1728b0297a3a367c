"""The table can be read, and speaks of languages that are known here."""

from audio_translation.languages import NAMES, code_of
from audio_translation.translation.fields import language_table as table
from audio_translation.translation.fields.language_tag import table_of


def test_every_tag_of_the_table_is_of_a_known_language() -> None:
    tags = [*table_of(table.NAMES), *table_of(table.ALIASES).values()]
    tags += [*table_of(table.MEMBERS).values(), *table_of(table.SPOKEN_IN).values()]
    assert [tag for tag in tags if code_of(tag) not in NAMES] == []


def test_every_language_has_a_name() -> None:
    assert {code_of(tag) for tag in table_of(table.NAMES)} == set(NAMES)


def test_no_alias_hides_a_code_that_is_known() -> None:
    assert set(table_of(table.ALIASES)) & set(NAMES) <= {"jw"}
