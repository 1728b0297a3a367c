"""What is lost or odd is said, once, and nothing where nothing is."""

from dataclasses import replace

import pytest

from audio_translation.audio.chunk_plan import Chunk
from audio_translation.audio.decoder import AudioInfo
from audio_translation.audio.speech import Span
from audio_translation.transcript import Segment, Translation
from audio_translation.translation.engine import Task
from audio_translation.translation.stitching import Part
from audio_translation.translation.warnings import (
    MIXED,
    NO_SPEECH,
    NO_WORDS,
    ONE_CHANNEL,
    SAME_SOUND,
    about_channels,
    there,
    with_warnings,
)
from tests.unit.translation.said import translation

PARTS = [
    Part(Chunk(0, 30_000, (Span(0, 10_000), Span(20_000, 30_000))), translation()),
    Part(Chunk(40_000, 50_000, (Span(40_000, 50_000),)), translation()),
]


def warnings(*segments: tuple[int, int], noise: tuple[int, ...] = ()) -> tuple[str, ...]:
    """``noise``: the numbers of the parts in which nobody speaks."""
    whole = translation(*(Segment(start, end, "Words.") for start, end in segments))
    parts = [
        replace(part, translation=replace(part.translation, warnings=(NO_WORDS,)))
        if number in noise
        else part
        for number, part in enumerate(PARTS)
    ]
    whole = replace(whole, warnings=(NO_WORDS,) * len(noise))
    return with_warnings(whole, parts, ("The file is odd.",)).warnings


def test_speech_that_has_all_its_text_needs_no_warning() -> None:
    assert warnings((0, 30_000), (40_000, 50_000)) == ("The file is odd.",)
    assert warnings((0, 9_000), (21_000, 29_000), (41_000, 50_000)) == ("The file is odd.",)


@pytest.mark.parametrize(
    ("segments", "share"),
    [([], 100), ([(0, 10_000)], 67), ([(0, 10_000), (20_000, 30_000)], 33)],
)
def test_a_fifth_of_the_speech_without_text_is_told(
    segments: list[tuple[int, int]], share: int
) -> None:
    told = warnings(*segments)
    assert told[1].startswith(f"{share} % of the speech has no text")
    assert len(told) == 2


def test_silence_is_told() -> None:
    assert with_warnings(translation(), [], ()).warnings == (NO_SPEECH,)


def test_noise_without_words_is_told_once() -> None:
    assert warnings(noise=(0, 1)) == ("The file is odd.", NO_WORDS)


def test_noise_hides_no_speech_that_is_lost() -> None:
    _, lost, noise = warnings((0, 10_000), noise=(1,))
    assert noise == NO_WORDS
    assert lost == "50 % of the speech has no text, at 0:00:20 to 0:00:30: the provider gave none."


def test_ten_seconds_without_text_are_told_whatever_their_share() -> None:
    hours = tuple(Span(n * 60_000, n * 60_000 + 59_000) for n in range(120))
    parts = [Part(Chunk(0, 7_200_000, hours), translation())]

    def told(*lost: int, from_second: int = 0) -> tuple[str, ...]:
        said = [
            Segment(
                span.start, span.start + (from_second * 1000 if n in lost else 59_000), "Words."
            )
            for n, span in enumerate(hours)
            if n not in lost or from_second
        ]
        return with_warnings(translation(*said), parts, ()).warnings

    assert told(5) == (
        "1 % of the speech has no text, at 0:05:00 to 0:05:59: the provider gave none.",
    )
    assert told(5, from_second=49) == (
        "Less than 1 % of the speech has no text, at 0:05:49 to 0:05:59: the provider gave none.",
    )
    assert told(5, from_second=50) == ()
    assert told(*range(0, 20, 2))[0].endswith(
        "0:14:00 to 0:14:59 and 2 more: the provider gave none."
    )


def test_several_languages_are_named_with_their_shares() -> None:
    spoken = replace(translation(Segment(0, 50_000, "a")), languages=(("es", 0.7), ("fr", 0.3)))
    (told,) = with_warnings(spoken, PARTS, ()).warnings
    assert told == "Several languages are spoken: spanish (70 %), french (30 %)."
    assert with_warnings(replace(spoken, languages=(("es", 1.0),)), PARTS, ()).warnings == ()


@pytest.mark.parametrize(
    ("marks", "told"),
    [
        ([True, False], "1 of 2 segments could not be translated; it is in the language spoken."),
        ([True, True], "2 of 2 segments could not be translated; they are in the language spoken."),
    ],
)
def test_segments_in_the_language_spoken_are_counted(marks: list[bool], told: str) -> None:
    segments = tuple(
        Segment(n * 25_000, n * 25_000 + 25_000, "a", untranslated=mark)
        for n, mark in enumerate(marks)
    )
    assert with_warnings(Translation(segments, "english", 50_000, "m"), PARTS, ()).warnings == (
        told,
    )


SIDES = [
    Part(Chunk(0, 30_000, (Span(0, 30_000),), channel=0), translation()),
    Part(Chunk(0, 30_000, (Span(0, 30_000),), channel=1), translation()),
]


def test_speech_of_one_side_without_text_is_told_whatever_the_other_says() -> None:
    left, right = (Segment(0, 30_000, "Words.", channel=channel) for channel in (0, 1))
    assert with_warnings(translation(left, right), SIDES, ()).warnings == ()
    (told,) = with_warnings(translation(left), SIDES, ()).warnings
    assert told.startswith("50 % of the speech has no text, at 0:00:00 to 0:00:30")


SEPARATE = Task("m", separate=True, channel_names=("Agent", "Customer"))


@pytest.mark.parametrize(
    ("info", "task", "parts", "told"),
    [
        (AudioInfo(1, channels=2, sides_differ=True), Task("m"), [], [MIXED]),
        (AudioInfo(1, channels=2, sides_alike=True), Task("m"), [], []),
        (AudioInfo(1, channels=2, sides_differ=True), SEPARATE, SIDES, []),
        (AudioInfo(1, channels=1), SEPARATE, SIDES[:1], [ONE_CHANNEL]),
        (AudioInfo(1, channels=2, sides_alike=True), SEPARATE, SIDES[:1], [SAME_SOUND]),
        (AudioInfo(1, channels=2), SEPARATE, [], []),
    ],
)
def test_what_became_of_two_sides_is_told(
    info: AudioInfo, task: Task, parts: list[Part], told: list[str]
) -> None:
    assert about_channels(info, task, parts) == told


def test_a_side_on_which_nobody_speaks_is_named() -> None:
    (told,) = about_channels(AudioInfo(1, channels=2), SEPARATE, SIDES[:1])
    assert "Customer" in told


def test_of_two_sides_is_told_what_there_is_of_each() -> None:
    task = Task("m", separate=True, channel_names=("Agent", "Customer"))
    parts = [
        Part(Chunk(0, 60_000, (), channel=0), translation()),
        Part(Chunk(65_000, 90_000, (), channel=0), translation()),
    ]
    assert there(parts, task) == "0:00:00 to 0:01:30 of Agent and nothing of Customer"
    assert there([Part(Chunk(0, 60_000, ()), translation())], Task("m")) == "0:00:00 to 0:01:00"
