"""What was said stands above its English, one line each."""

from local.demonstration import DEMONSTRATION, side_by_side


def test_what_was_said_stands_above_its_english() -> None:
    segments = [
        {"spoken": "french", "source": "Bonjour.", "text": "Hello."},
        {"spoken": "french", "source": "Au revoir.", "text": "Goodbye."},
        {"text": "Yes."},
    ]
    assert side_by_side({"segments": segments}).decode() == (
        "French:   Bonjour. Au revoir.\nEnglish:  Hello. Goodbye. Yes."
    )


def test_a_source_that_is_not_known_is_left_out() -> None:
    assert side_by_side({"segments": [{"text": "Yes."}]}) == b"English:  Yes."
    assert side_by_side({"segments": []}) == b"English:  "


def test_the_recording_is_in_the_repository() -> None:
    assert DEMONSTRATION.is_file()
