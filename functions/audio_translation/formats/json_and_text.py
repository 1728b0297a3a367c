"""``json`` and ``text``: the text alone."""

from typing import Any

from audio_translation.transcript import Translation


def json(translation: Translation) -> dict[str, Any]:
    """Return OpenAI's object with the text, and ``warnings`` if there are any."""
    own = {"warnings": list(translation.warnings)} if translation.warnings else {}
    return {"text": translation.text, **own}


def text(translation: Translation) -> str:
    """Return the text and a newline, as OpenAI does."""
    return f"{translation.text}\n"
