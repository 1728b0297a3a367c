"""Where two chunks overlap: words that both have heard are told once, and none is lost."""

from hypothesis import given
from hypothesis import strategies as st

from audio_translation.audio.chunk_plan import plan
from audio_translation.audio.chunk_shape import EvenShape
from audio_translation.audio.speech import Span
from audio_translation.transcript import Segment
from audio_translation.translation.stitching import Part, stitch
from tests.unit.translation.said import chunk, in_turn, translation

WORD = 400  # milliseconds


@st.composite
def continuous_speech(draw: st.DrawFn) -> tuple[int, list[Part]]:
    """Words without a pause, cut by the clock; each chunk hears the words that are in it whole."""
    count = draw(st.integers(30, 400))
    limit = draw(st.integers(10_000, 60_000))
    duration = count * WORD
    parts = []
    for part in plan([Span(0, duration)], duration=duration, shape=EvenShape(limit), limit=limit):
        heard = range(-(-part.start // WORD), part.end // WORD)
        words = [(f"w{n}", n * WORD, (n + 1) * WORD) for n in heard]
        if draw(st.booleans()) and words[-1][2] + 100 < part.end:
            words.append(("garb", words[-1][2], part.end))
        if draw(st.booleans()) and words[0][1] - 100 > part.start:
            words.insert(0, ("ble", part.start, words[0][1]))
        segments = []
        while words:
            size = draw(st.integers(1, 14))
            taken, words = words[:size], words[size:]
            text = " ".join(word for word, *_ in taken)
            start, end = taken[0][1] - part.start, taken[-1][2] - part.start
            segments.append(Segment(start, end, f" {text}"))
        parts.append(Part(part, translation(*segments)))
    return count, parts


@given(speech=continuous_speech())
def test_words_in_an_overlap_are_neither_doubled_nor_lost(
    speech: tuple[int, list[Part]],
) -> None:
    count, parts = speech
    whole = stitch(parts, duration=count * WORD, model="whisper-1")
    assert whole.text.split() == [f"w{n}" for n in range(count)]
    assert in_turn(whole.segments)
    for segment in whole.segments:
        first = int(segment.text.split()[0].removeprefix("w"))
        assert abs(segment.start - first * WORD) <= 2 * WORD


OVERLAPPING = (chunk(0, 33_000), chunk(27_000, 60_000, overlap=6_000))


def overlapped(before: list[Segment], after: list[Segment]) -> list[str]:
    first, second = OVERLAPPING
    parts = [Part(first, translation(*before)), Part(second, translation(*after))]
    whole = stitch(parts, duration=60_000, model="whisper-1")
    assert in_turn(whole.segments)
    return [segment.text for segment in whole.segments]


def test_what_was_put_in_other_words_is_kept_on_its_side_of_the_middle() -> None:
    before = [
        Segment(0, 27_000, "One."),
        Segment(27_000, 29_500, "Two."),
        Segment(30_500, 33_000, "3"),
    ]
    after = [
        Segment(0, 2_600, "Second"),
        Segment(3_400, 6_000, "Third."),
        Segment(6_000, 9_000, "4"),
    ]
    assert overlapped(before, after) == ["One.", "Two.", "Third.", "4"]


def test_what_only_one_side_has_heard_is_kept() -> None:
    assert overlapped([Segment(0, 20_000, "One.")], [Segment(500, 2_500, "Two.")]) == [
        "One.",
        "Two.",
    ]
    assert overlapped([Segment(30_500, 33_000, "End.")], []) == ["End."]


def test_a_word_that_is_said_twice_by_the_speaker_stays_twice() -> None:
    before = [Segment(20_000, 32_000, "no no no no no no we will go home now")]
    after = [Segment(1_000, 8_000, "we will go home now now and never return")]
    text = " ".join(overlapped(before, after))
    assert text == "no no no no no no we will go home now now and never return"


@given(start=st.integers(0x4E00, 0x9000), mark=st.sampled_from(["", "\u3002", "\uff0c"]))
def test_letters_of_a_script_without_spaces_are_neither_doubled_nor_lost(
    start: int, mark: str
) -> None:
    """A minute without a pause, four letters a second, as two chunks hear it."""
    letters = [chr(start + number) + (mark if number % 9 == 8 else "") for number in range(240)]
    before = [Segment(0, 33_000, "".join(letters[:132]))]
    after = [Segment(0, 33_000, "".join(letters[108:]))]
    text = "".join("".join(overlapped(before, after)).split())
    assert text == "".join(letters)
