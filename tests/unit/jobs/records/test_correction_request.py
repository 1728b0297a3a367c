"""The request for a correction: which segments, and what was said in them."""

from typing import Any

import pytest
from pydantic import ValidationError

from audio_translation.jobs.records.correction_request import CorrectionRequest
from audio_translation.translation.request import invalid_request


def test_it_names_segments_and_their_text() -> None:
    read = CorrectionRequest.model_validate({"segments": [{"id": 3, "source": " Hola.\n"}]})
    assert [(segment.id, segment.source) for segment in read.segments] == [(3, "Hola.")]


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ({}, "segments is required."),
        ({"segments": []}, "segments: "),
        ({"segments": "all"}, "segments: "),
        ({"segments": [{"id": 0}]}, "segments.0.source is required."),
        ({"segments": [{"id": 0, "source": "a", "text": "b"}]}, "segments.0.text is no field."),
        ({"segments": [{"id": -1, "source": "a"}]}, "segments: "),
        ({"segments": [{"id": "x", "source": "a"}]}, "segments: "),
        ({"segments": [{"id": 0, "source": " "}]}, "segments: "),
        ({"segments": [{"id": 0, "source": "a\ud800"}]}, "segments: "),
        ({"segments": [{"id": 0, "source": "a" * 5001}]}, "segments: "),
        (
            {"segments": [{"id": 1, "source": "a"}, {"id": 1, "source": "b"}]},
            "segments: Each segment may be corrected once in a request.",
        ),
        ({"segments": [{"id": n, "source": "a"} for n in range(101)]}, "segments: "),
        (
            {"segments": [{"id": n, "source": "a" * 5000} for n in range(5)]},
            "segments: A request may have 20000 characters of text; send several.",
        ),
        ({"segments": [{"id": 0, "source": "a"}], "owner": "me"}, "There is no field 'owner'."),
    ],
)
def test_what_is_wrong_is_told(body: dict[str, Any], message: str) -> None:
    with pytest.raises(ValidationError) as caught:
        CorrectionRequest.model_validate(body)
    told = invalid_request(caught.value.errors(), CorrectionRequest)
    assert told.message.startswith(message)
    assert told.param == ("owner" if "owner" in body else "segments")
