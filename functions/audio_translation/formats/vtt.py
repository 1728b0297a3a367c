"""``vtt``: WebVTT subtitles."""

from html import escape

from audio_translation.formats.cues import lay_out
from audio_translation.formats.timestamp import timestamp
from audio_translation.transcript import Translation


def vtt(translation: Translation) -> str:
    """Return WebVTT, with ``&``, ``<`` and ``>`` escaped. Source: https://www.w3.org/TR/webvtt1/."""
    return "WEBVTT\n\n" + "\n".join(
        f"{timestamp(cue.start, '.')} --> {timestamp(cue.end, '.')}\n"
        + "".join(escape(line, quote=False) + "\n" for line in cue.lines)
        for cue in lay_out(translation.segments)
    )
