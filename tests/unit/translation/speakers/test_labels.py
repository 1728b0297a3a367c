"""Names of speakers in place of labels."""

from audio_translation.audio.chunk_plan import Chunk
from audio_translation.transcript import Segment, Translation
from audio_translation.translation.engine import Task
from audio_translation.translation.speakers.labels import named, without_labels
from audio_translation.translation.stitching import Part


def said(*by: str | None) -> Translation:
    """Return segments of a second each."""
    segments = (Segment(1_000 * n, 1_000 * n + 900, "x", speaker=who) for n, who in enumerate(by))
    return Translation(tuple(segments), "english", 60_000, "m")


def names(whole: Translation, speakers: int, *given: str) -> list[str | None]:
    told = named(whole, Task("m", speakers=speakers, speaker_names=given))
    return [segment.speaker for segment in told.segments]


def warnings(whole: Translation, speakers: int) -> tuple[str, ...]:
    return named(whole, Task("m", speakers=speakers)).warnings


def test_names_are_in_the_order_in_which_speakers_first_speak() -> None:
    whole = said("7", "2", "7", "0")
    assert names(whole, 0, "Ann", "Bob") == ["Ann", "Bob", "Ann", "Speaker 3"]
    assert names(whole, 3) == ["Speaker 1", "Speaker 2", "Speaker 1", "Speaker 3"]
    assert warnings(whole, 0) == warnings(whole, 3) == ()


def test_those_who_speak_least_have_no_name_if_there_are_more_than_were_asked_for() -> None:
    whole = said("2", "7", "0", "7", "0")
    assert names(whole, 2, "Ann", "Bob") == [None, "Ann", "Bob", "Ann", "Bob"]
    assert warnings(whole, 2) == ("1 of 5 segments tell no speaker: 3 voices were heard.",)


def test_of_more_than_twenty_voices_those_who_speak_least_have_no_name() -> None:
    whole = said(*(str(n) for n in range(25)), *(str(n) for n in range(20)))
    assert names(whole, 0)[20:25] == [None] * 5
    assert None not in names(whole, 0)[25:]


def test_too_few_speakers_and_nameless_segments_are_told() -> None:
    assert warnings(said("1", None), 2) == (
        "Of 2 speakers only 1 could be told apart.",
        "1 of 2 segments tell no speaker.",
    )
    assert warnings(said(), 2) == ()


def test_without_the_wish_nothing_is_named() -> None:
    whole = said("1")
    assert named(whole, Task("m")) == whole


def test_labels_that_nobody_has_linked_are_dropped() -> None:
    (part,) = without_labels([Part(Chunk(0, 9_000, ()), said("A", "B"))])
    assert {segment.speaker for segment in part.translation.segments} == {None}
