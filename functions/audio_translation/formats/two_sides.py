"""Cues of a recording whose two sides were kept separate, or whose speakers are told apart.

Each voice is laid out by itself, so its own cues never overlap. Those of different voices do where
both speak at once, and only there: players show them above each other.
"""

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import replace

from audio_translation.formats.cues import Cue, lay_out
from audio_translation.formats.rules.layout_rules import Rules
from audio_translation.formats.writing.columns import columns, signs
from audio_translation.formats.writing.direction import (
    embedded,
    from_left,
    has_from_right,
    unembedded,
)
from audio_translation.formats.writing.markup import without_braces, without_hiding
from audio_translation.scripts import joined
from audio_translation.transcript import Segment, Translation, encodable

_Voice = tuple[int | None, str]
"""A channel, and a name."""
_NAME = "\ue000"
"""Stands for each column of a name: a private character, whose direction and breaks are its own."""


def cues_of(translation: Translation, rules: Rules, *, braces_hide: bool = True) -> list[Cue]:
    """Return the cues in the order of their starts; with a voice where it is known who speaks.

    ``braces_hide``: whether readers of the format hide what is in braces, see ``without_braces``.
    """
    shown = without_braces(translation.segments) if braces_hide else translation.segments
    said: dict[_Voice, list[Segment]] = {}
    for segment in shown:
        name = encodable(translation.voice(segment))
        said.setdefault((segment.channel, name), []).append(segment)
    if not any(name for _, name in said):
        return _within(translation, lay_out(shown, translation.language, rules), rules)
    cues = [
        (number, replace(cue, voice=voice[1]))
        for number, (voice, segments) in enumerate(said.items())
        for cue in lay_out(segments, translation.language, rules, _starts(said, voice))
    ]
    cues.sort(key=lambda one: (one[1].start, one[0]))
    return _within(translation, _without_needless_overlaps(cues, list(said.values()), rules), rules)


def _within(translation: Translation, cues: Sequence[Cue], rules: Rules) -> list[Cue]:
    """Return the cues, of which none waits to be read when the recording has ended."""
    latest = max(translation.duration, *(one.end for one in translation.segments), 0)
    return [replace(cue, end=min(cue.end, max(latest, cue.start + rules.shortest))) for cue in cues]


def _starts(said: Mapping[_Voice, Sequence[Segment]], voice: _Voice) -> list[int]:
    """Return when all others begin to say something, in order."""
    return sorted(one.start for its, segments in said.items() if its != voice for one in segments)


def with_names(cues: Sequence[Cue], rules: Rules) -> list[Cue]:
    """Return the cues with the name of who speaks in front, wherever somebody else spoke before.

    A dash stands for somebody whose name is not known. Where there is no time to read a name, the
    next cue has one, whoever speaks.
    """
    found: list[Cue] = []
    before: str | None = ""  # whom a reader takes for the speaker
    for cue in cues:
        named = _named(cue, rules) if cue.voice != before else [cue]
        found += named or [cue]
        before = cue.voice if named else None
    return sorted(found, key=lambda cue: cue.start)


def _named(cue: Cue, rules: Rules) -> list[Cue]:
    """Return the cue with its name, as two if it has too little room and time enough for both.

    Nothing is returned if it has not.
    """
    label = _label(cue.voice, rules.line)
    lines = tuple(map(unembedded, cue.lines))
    if columns(label + lines[0]) <= rules.line:
        return [replace(cue, lines=(_labelled(cue.lines[0], label), *cue.lines[1:]))]
    name = _NAME * columns(label)
    if columns(name + lines[0].split(" ")[0]) > rules.line:
        name = _NAME * columns(label.rstrip()) + " "
    if cue.bilingual and len(lines) == 2:
        said = Segment(cue.start, cue.end, lines[1], source=name + lines[0])
    else:
        said = Segment(cue.start, cue.end, name + joined(lines))
    made = lay_out([said], rules=rules)
    if len(made) > 1 and made[-1].start + rules.shortest > cue.end:
        return []
    made[-1] = replace(made[-1], end=cue.end)
    found = [
        replace(one, lines=tuple(_directed(line, cue.lines) for line in one.lines), voice=cue.voice)
        for one in made
    ]
    upper, *lower = found[0].lines
    found[0] = replace(found[0], lines=(_labelled(upper, label, of=name.rstrip()), *lower))
    return found


def _label(name: str, line: int) -> str:
    """Return what stands before a text; the end alone of a name that is longer than a line."""
    if not name:
        return "- "
    shown = without_hiding(name)
    left = list(signs(shown))
    while left and columns(f"{shown}:") > line:
        left.pop(0)
        shown = "…" + "".join(left)
    return f"{shown}: "


def _directed(line: str, before: Sequence[str]) -> str:
    """Return a line with the direction that it had among the lines ``before`` it had a name."""
    line = unembedded(line)
    said = line.replace(_NAME, "").strip()
    own = next((other for other in before if said in other), before[-1])
    return embedded(line) if unembedded(own) != own else line


def _labelled(line: str, label: str, of: str = "") -> str:
    """Return a line with a name in front, in place of ``of``; it does not turn the line around."""
    bare = unembedded(line)
    named = (label + bare.removeprefix(of).lstrip()).rstrip()
    if bare != line:
        return embedded(named)
    return from_left(named) if has_from_right(label) else named


def _without_needless_overlaps(
    cues: Sequence[tuple[int, Cue]], said: Sequence[Sequence[Segment]], rules: Rules
) -> list[Cue]:
    """End a cue that only waits to be read before somebody else begins to speak.

    ``cues``: each with the number of its voice. ``said``: the segments of each voice.
    """
    found: list[Cue] = []
    following: dict[int, int] = {}  # each voice's next start
    for voice, cue in reversed(cues):
        other = min((start for its, start in following.items() if its != voice), default=None)
        following[voice] = cue.start
        if other is not None and other - rules.gap < cue.end:
            spoken_until = _spoken_until(said[voice], other)
            end = max(other - rules.gap, spoken_until, cue.start + rules.shortest)
            cue = replace(cue, end=min(cue.end, end))  # noqa: PLW2901
        found.append(cue)
    return found[::-1]


def _spoken_until(segments: Sequence[Segment], time: int) -> int:
    """Return the end of the segment in which something is said at a time; 0 if there is none."""
    number = bisect_right(segments, time, key=lambda segment: segment.start) - 1
    return segments[number].end if number >= 0 and segments[number].end > time else 0
