"""What a recording's name tells: whether it is one, and about how long it lasts."""

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
"""What ffmpeg decodes, by extension, with bitrates in kbit/s that are usual for speech.

The low end of what is usual: an estimate should err to the longer, and dearer, side.
"""

UNNAMED_KBITS = 96.0
"""For recordings without an extension."""

_EXTENSION = re.compile(r".+\.(?=[0-9]*[a-z])([a-z0-9]{1,5})$", re.IGNORECASE | re.DOTALL)


def extension(key: str) -> str:
    """Return the extension in lower case, without the dot; empty if there is none.

    What follows a dot and has no letter (dates, telephone numbers) or is long is part of the name.
    """
    found = _EXTENSION.match(key.rpartition("/")[2])
    return found[1].lower() if found else ""


def may_be_audio(key: str) -> bool:
    """Whether a key is a recording by its name: without an extension it is, hidden it is not."""
    if key.rpartition("/")[2].startswith("."):
        return False
    of_key = extension(key)
    return not of_key or of_key in KBITS


def hours(of_extension: str, size: int) -> float:
    """Return about how long so many bytes of recordings with an extension last."""
    return size * 8 / 1000 / KBITS.get(of_extension, UNNAMED_KBITS) / 3600
