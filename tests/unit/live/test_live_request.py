"""What may be asked of a live session."""

from typing import Any

import pytest
from pydantic import ValidationError

from audio_translation.live.live_request import LiveRequest
from audio_translation.translation.request import invalid_request


def made(**fields: Any) -> LiveRequest:
    return LiveRequest.model_validate(fields)


def test_a_session_lasts_an_hour_and_is_translated_to_english() -> None:
    request = made()
    assert (request.max_minutes, request.target_language) == (60, "en")
    assert made(maxMinutes="90").max_minutes == 90


@pytest.mark.parametrize("minutes", [0, -1, 241, 1.5, "long", True])
def test_a_session_lasts_between_a_minute_and_four_hours(minutes: object) -> None:
    with pytest.raises(ValidationError) as raised:
        made(maxMinutes=minutes)
    error = invalid_request(raised.value.errors(), LiveRequest)
    assert error.param == "maxMinutes"


SENSELESS: dict[str, object] = {
    "saveSource": True,
    "track": 2,
    "channels": "separate",
    "channelNames": ["Agent", "Customer"],
    "speakers": "auto",
    "speakerNames": ["Ann"],
}


@pytest.mark.parametrize("name", SENSELESS)
def test_an_option_that_makes_no_sense_is_refused_and_says_why(name: str) -> None:
    with pytest.raises(ValidationError) as raised:
        made(**{name: SENSELESS[name]})
    error = invalid_request(raised.value.errors(), LiveRequest)
    assert error.param == name
    assert len(error.message) > 40
    assert name not in LiveRequest.model_json_schema()["properties"]


def test_what_says_the_same_as_leaving_it_out_is_taken() -> None:
    assert made(saveSource=False, channels="mixed", track=None, speakers="") == made()


def test_an_unknown_field_is_refused_with_the_nearest_one() -> None:
    with pytest.raises(ValidationError) as raised:
        made(maxMinute=3)
    assert "'maxMinutes'" in invalid_request(raised.value.errors(), LiveRequest).message


def test_the_job_has_all_other_options() -> None:
    request = made(
        targetLanguage="de", include=["source"], keywords=["Ñandú"], prompt="A talk.", maxMinutes=5
    ).translation_of("s3://bucket/key")
    assert request.audio_file_url == "s3://bucket/key"
    assert (request.target_language, request.include) == ("de", ("source",))
    assert (request.keywords, request.prompt) == (("Ñandú",), "A talk.")
