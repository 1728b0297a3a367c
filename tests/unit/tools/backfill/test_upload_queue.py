"""The events that are sent for recordings."""

import json

from tools.backfill.upload_queue import upload_event


def test_a_message_is_an_uploads_event_in_ascii() -> None:
    sent = upload_event("b", key="a\x01 +%ñ😀.mp3", size=5, etag="e", again="now")
    assert sent.isascii()
    assert json.loads(sent) == {
        "source": "audio-translation.backfill",
        "detail-type": "Object Created",
        "detail": {
            "bucket": {"name": "b"},
            "object": {"key": "a\x01 +%ñ😀.mp3", "size": 5, "etag": "e"},
            "again": "now",
        },
    }
    assert "again" not in json.loads(upload_event("b", key="a", size=5, etag="e"))["detail"]
