"""``srt``: SubRip subtitles."""

from audio_translation.formats.rules.layout_rules import Rules
from audio_translation.formats.timestamp import timestamp
from audio_translation.formats.two_sides import cues_of, with_names
from audio_translation.formats.writing.markup import in_srt
from audio_translation.transcript import Translation


def srt(translation: Translation, rules: Rules) -> str:
    """Return SubRip; text that looks like markup is shown as it was said."""
    cues = with_names(cues_of(translation, rules), rules)
    return "\n".join(
        f"{number}\n{timestamp(cue.start, ',')} --> {timestamp(cue.end, ',')}\n"
        + "".join(in_srt(line) + "\n" for line in cue.lines)
        for number, cue in enumerate(cues, start=1)
    )
