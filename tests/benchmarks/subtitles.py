"""``python -m tests.benchmarks.subtitles``: how many cues keep each rule, and what layout costs.

The cues are those of the bundled recordings' texts and of two hours of scripted speech in seven
languages: sentences of realistic lengths, at speeds and with pauses as people have them, laid out
in every style. A rule holds "with room" where a cue could have kept it: until the next one starts,
less the gap. Then 15,000 and 30,000 segments are laid out, for processor time and memory. Prints
tables of Markdown, and the worst cues of each style; fails if a target is missed.
"""

import math
import random
import sys
import time
import tracemalloc
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import zip_longest

from audio_translation.formats.cues import Cue, lay_out
from audio_translation.formats.rules.layout_rules import Rules
from audio_translation.formats.rules.styles import Style, rules_of
from audio_translation.formats.writing.columns import columns
from audio_translation.languages import NAMES
from audio_translation.transcript import Segment
from tests.audio.recordings import ALL, FOLDER, recordings

HOURS = 2.0
LEAST_WITH_ROOM = 99.5
"""Percent of cues that keep every rule where the speech leaves room."""
SEGMENTS = 30_000
MOST_SECONDS = 2.0
WORST = 10
_WORDS_IN_TEN_HOURS = 2.5
"""Median words of a segment where 30,000 of them are ten hours."""
_COMFORT = {"<= 17 a second": 17, "<= 20 a second": 20}
_WORDS_A_MINUTE = 180
RULES = ("line", "lines", "speed", "min", "max", "gap", "no overlap", *_COMFORT, "<= 180 wpm")
_UNSPACED = {"japanese", "thai", "chinese"}

SPOKEN = {
    "japanese": (
        "今日は天気がとても良かったので、家族みんなで公園へ散歩に行きました。"
        "そこで昔の友達に会って、長い間話をしました。"
    ),
    "thai": ("วันนี้อากาศดีมากครอบครัวของเราจึงไปเดินเล่นที่สวนสาธารณะ แล้วเราก็พบเพื่อนเก่าและดื่มกาแฟด้วยกัน "),
    "arabic": "كان الطقس جميلاً جداً اليوم في المدينة، لذلك ذهبت العائلة إلى الحديقة. ",
}
"""Of languages that the recordings have none of."""
_SPEEDS = {"japanese": (13.0, 2.0)}
"""Columns a second, mean and deviation, where they are not those below."""
_SPEED = 15.0, 3.0
_PAUSES = (0, 0, 0, 0, 150, 300, 600, 1200, 3000)
"""Milliseconds between two segments, each as frequent as the others."""


@dataclass
class Count:
    """How many cues there are, keep a rule, could have, and did where they could."""

    cues: int = 0
    kept: int = 0
    room: int = 0
    kept_with_room: int = 0

    def add(self, *, kept: bool, room: bool = True) -> None:
        self.cues += 1
        self.kept += kept
        self.room += room
        self.kept_with_room += kept and room

    def __str__(self) -> str:
        return f"{100 * self.kept / self.cues:.1f} %"

    @property
    def with_room(self) -> float:
        return 100 * self.kept_with_room / max(1, self.room)


def main() -> None:
    spoken = dict(_recorded()) | dict(_scripted(HOURS))
    missed = []
    print_head("style")
    worst: list[str] = []
    for style in Style:
        counts = new_counts()
        odd: list[tuple[float, str]] = []
        for (language, _), segments in spoken.items():
            rules = rules_of(style, language)
            odd += judged(lay_out(segments, language, rules), rules, language, counts)
        whole = counts["all"]
        print_row(f"`{style}`", counts)
        odd.sort(reverse=True)
        worst += [f"{style}: {text}" for _, text in odd[:WORST]]
        if whole.with_room < LEAST_WITH_ROOM:
            missed.append(f"{style}: {whole.with_room:.2f} % keep all rules where there is room")
    print("\nThe fastest cues of each style, for which speech leaves no room:\n")  # noqa: T201
    print("\n".join(f"- {line}" for line in worst))  # noqa: T201
    missed += _cost()
    if missed:
        sys.exit("\n".join(missed))


def new_counts() -> dict[str, Count]:
    return {name: Count() for name in (*RULES, "all")}


def print_head(first: str) -> None:
    print(f"| {first} | cues | {' | '.join(RULES)} | all | all, with room |")  # noqa: T201
    print("|---" * (len(RULES) + 4) + "|")  # noqa: T201


def print_row(first: str, counts: dict[str, Count]) -> None:
    cells = " | ".join(map(str, counts.values()))
    whole = counts["all"]
    print(f"| {first} | {whole.cues} | {cells} | {whole.with_room:.2f} % |")  # noqa: T201


def judged(
    cues: Sequence[Cue], rules: Rules, language: str, counts: dict[str, Count]
) -> Iterator[tuple[float, str]]:
    """Count which cues keep which rules; yield those that are read too fast, and how much."""
    joint = "" if language in _UNSPACED else " "
    for cue, following in zip_longest(cues, cues[1:]):
        text = joint.join(line.strip("\u202b\u202c") for line in cue.lines)
        wide, words, shown = columns(text), len(text.split()), cue.end - cue.start
        until = following.start if following else cue.start + 10**9
        room = min(until - rules.gap - cue.start, rules.longest)
        need = rules.reading_time(wide, words)
        kept = {
            "line": all(columns(line) <= rules.line for line in cue.lines),
            "lines": len(cue.lines) <= rules.lines,
            "speed": wide * 1000 <= shown * rules.speed and words * rules.word_time <= shown,
            "min": shown >= rules.shortest,
            "max": shown <= rules.longest,
            "gap": until - cue.end >= rules.gap,
            "no overlap": until >= cue.end,
        }
        for name, value in kept.items():
            counts[name].add(kept=value)
        for name, speed in _COMFORT.items():
            counts[name].add(kept=wide * 1000 <= shown * speed)
        counts["<= 180 wpm"].add(kept=words * 60_000 <= shown * _WORDS_A_MINUTE)
        counts["all"].add(kept=all(kept.values()), room=room >= need)
        if not kept["speed"] and shown > 0:
            yield need / shown, f"{wide * 1000 / shown:.1f} columns a second: {text[:60]!r}"


def _recorded() -> Iterator[tuple[tuple[str, str], list[Segment]]]:
    """Yield the bundled recordings of each language, one after the other, in both languages."""
    for code in ("es", "fr", "it", "ru"):
        ours = [one for one in recordings(FOLDER, ALL) if one.language == code]
        for language, texts in (
            (NAMES[code], [one.source for one in ours]),
            ("english", [one.english for one in ours]),
        ):
            at, segments = 0, []
            for one, text in zip(ours, texts, strict=True):
                end = at + round(one.seconds * 1000)
                segments.append(Segment(at, end, text))
                at = end + 300
            yield (language, f"recordings in {code}"), segments


def _scripted(hours: float) -> Iterator[tuple[tuple[str, str], list[Segment]]]:
    texts = {
        NAMES[code]: " ".join(one.source for one in recordings(FOLDER, ALL) if one.language == code)
        for code in ("es", "fr", "ru")
    }
    texts["english"] = " ".join(one.english for one in recordings(FOLDER, ALL))
    texts |= SPOKEN
    for number, (language, text) in enumerate(texts.items()):
        milliseconds = round(hours * 3_600_000 / len(texts))
        yield (language, "script"), speech(language, text, random.Random(number), milliseconds)


def speech(
    language: str,
    text: str,
    numbers: random.Random,
    milliseconds: int,
    words_each: float = 9,
) -> list[Segment]:
    """Segments as engines give them: a clause, a sentence or two, spoken at changing speeds."""
    spaced = language not in _UNSPACED
    words = text.split() if spaced else list(text.strip())
    mean, deviation = _SPEEDS.get(language, _SPEED)
    segments: list[Segment] = []
    at = begin = 0
    while at < milliseconds:
        count = max(
            1, round(numbers.lognormvariate(math.log(words_each), 0.7) * (1 if spaced else 2.5))
        )
        said = [words[(begin + n) % len(words)] for n in range(count)]
        begin = (begin + count) % len(words)
        shown = (" " if spaced else "").join(said).strip() or "。"
        speed = max(6.0, numbers.gauss(mean, deviation))
        end = at + max(200, round(columns(shown) * 1000 / speed))
        segments.append(Segment(at, end, shown))
        at = end + numbers.choice(_PAUSES)
    return segments


def _cost() -> list[str]:
    """Print what it costs to lay out ten hours; return what is too much."""
    missed = []
    print(f"\n| language | {SEGMENTS} segments, CPU | memory of half | of all |\n|---|---|---|---|")  # noqa: T201
    for language, text in {"english": _english(), **SPOKEN}.items():
        many = speech(language, text, random.Random(1), 12 * 3_600_000, _WORDS_IN_TEN_HOURS)
        many = many[:SEGMENTS]
        begun = time.process_time()
        lay_out(many, language)
        spent = time.process_time() - begun
        half, whole = _peak(many[: SEGMENTS // 2], language), _peak(many, language)
        print(f"| {language} | {spent:.2f} s | {half:.0f} MB | {whole:.0f} MB |")  # noqa: T201
        if spent > MOST_SECONDS:
            missed.append(f"{language}: {spent:.2f} s for {SEGMENTS} segments")
    return missed


def _english() -> str:
    return " ".join(one.english for one in recordings(FOLDER, ALL))


def _peak(segments: Sequence[Segment], language: str) -> float:
    tracemalloc.start()
    lay_out(segments, language)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return peak / 1e6


if __name__ == "__main__":
    main()
