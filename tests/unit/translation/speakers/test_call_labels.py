"""Labels of one call are no other call's."""

from audio_translation.transcript import Segment
from audio_translation.translation.speakers.call_labels import call_of, of_another_call


def test_a_second_call_for_a_part_of_a_chunk_has_labels_of_its_own() -> None:
    first, second = Segment(0, 1, "a", speaker="A"), Segment(5, 6, "b", speaker="A")
    again = of_another_call(second, 5_000)
    assert again.speaker != first.speaker
    assert call_of(again.speaker or "") != call_of("A") == ""
    assert call_of(of_another_call(Segment(0, 1, "c", speaker="x-y"), 9).speaker or "") == "9-x"


def test_a_segment_of_nobody_stays_so() -> None:
    assert of_another_call(Segment(0, 1, "a"), 5_000) == Segment(0, 1, "a")
