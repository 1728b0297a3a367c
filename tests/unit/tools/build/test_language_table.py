"""The table of languages is what the registry and CLDR say, as langcodes has them."""

from tools.build.language_table import TABLE, table


def test_the_table_is_up_to_date() -> None:
    assert TABLE.read_text() == table(), "run python -m tools.build.language_table"


def test_no_line_of_the_table_is_long_and_no_entry_is_split() -> None:
    for line in table().splitlines():
        assert len(line) <= 100
        if "=" in line and not line.endswith('"""'):
            assert all("=" in entry for entry in line.rstrip(";").split(";"))
