"""Settings come from the environment and from nowhere else."""

import pytest
from pydantic import ValidationError

from audio_translation.settings import Settings


def test_every_field_is_read_from_the_variable_of_its_name_in_upper_case() -> None:
    settings = Settings.from_environment(
        {"DEFAULT_MODEL": "m", "MAX_AUDIO_BYTES": "5", "ALLOWED_BUCKETS": "a,b", "OTHER": "x"}
    )
    assert settings == Settings(default_model="m", max_audio_bytes=5, allowed_buckets=("a", "b"))


def test_an_empty_list_of_buckets_is_none_at_all() -> None:
    assert Settings.from_environment({"ALLOWED_BUCKETS": ""}).allowed_buckets == ()


def test_a_wrong_value_stops_the_start_and_names_the_setting() -> None:
    with pytest.raises(ValidationError, match="max_audio_bytes"):
        Settings.from_environment({"MAX_AUDIO_BYTES": "much"})


def test_a_key_is_never_older_than_five_minutes() -> None:
    with pytest.raises(ValidationError, match="api_key_cache_seconds"):
        Settings.from_environment({"API_KEY_CACHE_SECONDS": "301"})


def test_loopback_is_refused_unless_somebody_asks_for_it() -> None:
    assert Settings().fetch_allow_loopback is False


def test_every_setting_says_what_it_is_for() -> None:
    assert [n for n, field in Settings.model_fields.items() if not field.description] == []
