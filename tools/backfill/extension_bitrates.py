"""What an object's extension says: whether it is audio, and about how long it lasts."""

import re

KBITS: dict[str, float] = {
    **dict.fromkeys(("amr", "awb", "gsm", "dss", "spx"), 13),
    **dict.fromkeys(("3gp", "3g2"), 64),
    **dict.fromkeys(("opus", "ogg", "oga", "webm", "weba"), 48),
    **dict.fromkeys(("mp3", "mpga", "mp2", "m4a", "m4b", "aac", "wma", "ra", "mka", "mpc"), 96),
    **dict.fromkeys(("au", "snd", "voc"), 128),
    **dict.fromkeys(("ac3", "eac3"), 192),
    **dict.fromkeys(("wav", "w64", "aif", "aiff", "aifc", "caf"), 256),
    **dict.fromkeys(("flac", "ape", "wv", "tta", "dts"), 400),
    **dict.fromkeys(("mp4", "m4v", "mov", "mkv", "wmv", "asf", "flv", "f4v", "ogv", "rm"), 1500),
    **dict.fromkeys(("mpeg", "mpg", "avi", "ts", "mts", "m2ts", "vob", "mxf"), 4000),
}
"""Bitrates in kbit/s that are usual for speech, by extension, of all that ffmpeg decodes.

They are at the low end of what is usual, so that estimates are too long and too dear rather than
too short and too cheap.
"""

KBITS_WITHOUT_EXTENSION = 96.0
"""The bitrate that is taken for recordings without an extension."""

_EXTENSION = re.compile(r".+\.(?=[0-9]*[a-z])([a-z0-9]{1,5})$", re.IGNORECASE | re.DOTALL)


def extension(key: str) -> str:
    """Return the extension in lower case, without the dot; empty if there is none.

    What follows a dot is not one if it has no letter (dates, telephone numbers) or is long.
    """
    found = _EXTENSION.match(key.rpartition("/")[2])
    return found[1].lower() if found else ""


def may_be_audio(key: str) -> bool:
    """Return whether a key may be a recording: one without an extension may, a hidden one not."""
    if key.rpartition("/")[2].startswith("."):
        return False
    suffix = extension(key)
    return not suffix or suffix in KBITS


def hours(suffix: str, size: int) -> float:
    """Return about how many hours ``size`` bytes of recordings with an extension last."""
    return size * 8 / 1000 / KBITS.get(suffix, KBITS_WITHOUT_EXTENSION) / 3600
