"""``json`` and ``text``: the text alone."""

from audio_translation.transcript import Translation


def json(translation: Translation) -> dict[str, str]:
    """Return OpenAI's object with the text."""
    return {"text": translation.text}


def text(translation: Translation) -> str:
    """Return the text and a newline, as OpenAI does."""
    return f"{translation.text}\n"
