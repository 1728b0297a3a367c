"""Times as subtitles write them."""


def timestamp(time: int, point: str) -> str:
    """Return integer milliseconds as ``HH:MM:SS,mmm``; the hours may have more digits."""
    rest, milli = divmod(time, 1000)
    rest, second = divmod(rest, 60)
    hour, minute = divmod(rest, 60)
    return f"{hour:02}:{minute:02}:{second:02}{point}{milli:03}"
