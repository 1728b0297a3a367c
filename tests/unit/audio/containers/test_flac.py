"""FLAC: its blocks are walked to the first frame."""

import pytest

from tests.unit.audio.sample_files import FLAC
from tests.unit.audio.sniffed import assert_bounded, assert_known, assert_refused


@pytest.mark.parametrize("name", FLAC.accepted)
def test_a_file_of_an_accepted_kind_is_known_by_its_bytes(name: str) -> None:
    assert_known(FLAC.accepted[name], direct=True)


@pytest.mark.parametrize("name", FLAC.refused)
def test_what_is_not_accepted_is_refused_by_its_name(name: str) -> None:
    assert_refused(FLAC.refused[name])


@pytest.mark.parametrize("name", FLAC.endless)
def test_a_hostile_file_ends_in_a_refusal_after_a_bounded_number_of_reads(name: str) -> None:
    assert_bounded(FLAC.endless[name])
