"""``srt``: SubRip subtitles."""

from audio_translation.formats.cues import lay_out
from audio_translation.formats.timestamp import timestamp
from audio_translation.transcript import Translation


def srt(translation: Translation) -> str:
    """Return SubRip; text is not escaped, except for the arrow of the lines of times."""
    return "\n".join(
        f"{number}\n{timestamp(cue.start, ',')} --> {timestamp(cue.end, ',')}\n"
        + "".join(line.replace("-->", "→") + "\n" for line in cue.lines)
        for number, cue in enumerate(lay_out(translation.segments), start=1)
    )
