"""What `make translate` shows unless it is told what to translate."""

from typing import Any

from local import REPOSITORY

DEMONSTRATION = REPOSITORY / "tests" / "data" / "speech" / "fr" / "vm-tempgreeting2.mp3"
"""One that Whisper base understands."""


def side_by_side(translation: dict[str, Any]) -> bytes:
    """Return what was said and its English, a line each, of an answer in ``verbose_json``."""
    segments = translation["segments"]
    texts = {"English": " ".join(segment["text"] for segment in segments)}
    said = [segment for segment in segments if segment.get("source")]
    if said:
        source = " ".join(segment["source"] for segment in said)
        texts = {said[0]["spoken"].capitalize(): source, **texts}
    width = max(map(len, texts)) + 3
    return "\n".join(f"{name + ':':{width}}{text}" for name, text in texts.items()).encode()
