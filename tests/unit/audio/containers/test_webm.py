"""WebM and Matroska: elements are walked to a track of sound and a cluster."""

import pytest

from tests.unit.audio.sample_files import WEBM
from tests.unit.audio.sniffed import assert_bounded, assert_known, assert_refused


@pytest.mark.parametrize("name", WEBM.accepted)
def test_a_file_of_an_accepted_kind_is_known_by_its_bytes(name: str) -> None:
    assert_known(WEBM.accepted[name], direct=True)


@pytest.mark.parametrize("name", WEBM.decoded)
def test_a_file_that_only_ffmpeg_decodes_is_known_and_is_not_direct(name: str) -> None:
    assert_known(WEBM.decoded[name], direct=False)


@pytest.mark.parametrize("name", WEBM.refused)
def test_what_is_not_accepted_is_refused_by_its_name(name: str) -> None:
    assert_refused(WEBM.refused[name])


@pytest.mark.parametrize("name", WEBM.endless)
def test_a_hostile_file_ends_in_a_refusal_after_a_bounded_number_of_reads(name: str) -> None:
    assert_bounded(WEBM.endless[name])
