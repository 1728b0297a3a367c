r"""``ass``: Advanced SubStation Alpha, as libass reads it (mpv, VLC, ffmpeg, Aegisub's files).

Its times are hundredths of a second. Text has no escapes that all readers know: braces become
full-width ones, see ``writing/markup.py``, and a word joiner stands in ``\N``, ``\n``, ``\h``.
Source: libass ``ass.c``, ``ass_parse.c``; ffmpeg ``libavformat/assdec.c``.
"""

import re

from audio_translation.formats.rules.layout_rules import Rules
from audio_translation.formats.two_sides import cues_of, with_names
from audio_translation.transcript import Translation

# White with a black outline, at the bottom; 42 columns take two thirds of the picture's width.
# WrapStyle 0: lines are broken where we say, and again only where one would leave the picture.
_HEAD = """\
[Script Info]
ScriptType: v4.00+
WrapStyle: 0
ScaledBorderAndShadow: yes
YCbCr Matrix: None
PlayResX: 1920
PlayResY: 1080

[V4+ Styles]
Format: Name, Fontname, Fontsize, PrimaryColour, SecondaryColour, OutlineColour, BackColour, Bold,\
 Italic, Underline, StrikeOut, ScaleX, ScaleY, Spacing, Angle, BorderStyle, Outline, Shadow,\
 Alignment, MarginL, MarginR, MarginV, Encoding
Style: Default,Arial,60,&H00FFFFFF,&H000000FF,&H00000000,&H80000000,0,0,0,0,100,100,0,0,1,3,1,2,\
96,96,54,1

[Events]
Format: Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text
"""
_ESCAPE = re.compile(r"\\(?=[Nnh])")


def ass(translation: Translation, rules: Rules) -> str:
    """Return a script; what looks like an override is shown as it was said."""
    cues = with_names(cues_of(translation, rules), rules)
    return _HEAD + "".join(
        f"Dialogue: 0,{_time(cue.start)},{_time(cue.end)},Default,,0,0,0,,"
        + r"\N".join(_ESCAPE.sub("\\\\\u2060", line) for line in cue.lines)
        + "\n"
        for cue in cues
    )


def _time(milliseconds: int) -> str:
    """Return ``H:MM:SS.cc``, the nearest; so cues that do not overlap do not after rounding."""
    seconds, hundredths = divmod((milliseconds + 5) // 10, 100)
    minutes, second = divmod(seconds, 60)
    return f"{minutes // 60}:{minutes % 60:02}:{second:02}.{hundredths:02}"
