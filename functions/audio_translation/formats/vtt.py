"""``vtt``: WebVTT subtitles."""

from html import escape

from audio_translation.formats.rules.layout_rules import Rules
from audio_translation.formats.timestamp import timestamp
from audio_translation.formats.two_sides import cues_of
from audio_translation.formats.writing.markup import in_vtt
from audio_translation.transcript import Translation


def vtt(translation: Translation, rules: Rules) -> str:
    """Return WebVTT, with ``&``, ``<`` and ``>`` escaped, and with voices.

    Source: https://www.w3.org/TR/webvtt1/.
    """
    return "WEBVTT\n\n" + "\n".join(
        f"{timestamp(cue.start, '.')} --> {timestamp(cue.end, '.')}\n"
        + (f"<v {escape(cue.voice, quote=False)}>" if cue.voice else "")
        + "".join(in_vtt(line) + "\n" for line in cue.lines)
        for cue in cues_of(translation, rules)
    )
