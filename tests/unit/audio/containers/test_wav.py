"""WAV: a format and data, whatever sizes recorders leave."""

import pytest

from tests.unit.audio.sample_files import WAV
from tests.unit.audio.sniffed import assert_bounded, assert_known, assert_refused


@pytest.mark.parametrize("name", WAV.accepted)
def test_a_file_of_an_accepted_kind_is_known_by_its_bytes(name: str) -> None:
    assert_known(WAV.accepted[name], direct=True)


@pytest.mark.parametrize("name", WAV.refused)
def test_what_is_not_accepted_is_refused_by_its_name(name: str) -> None:
    assert_refused(WAV.refused[name])


@pytest.mark.parametrize("name", WAV.endless)
def test_a_hostile_file_ends_in_a_refusal_after_a_bounded_number_of_reads(name: str) -> None:
    assert_bounded(WAV.endless[name])
