"""What HttpFunction and InvokeFunction are made of: which settings reach what."""

from pathlib import Path
from typing import Any

import pytest

from audio_translation.errors import InvalidRequest, NotFound
from audio_translation.settings import Settings
from audio_translation.translation.request import TranslationOptions
from audio_translation.wiring.request_functions import RequestFunctions


@pytest.fixture
def made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-central-1")

    def make(**settings: Any) -> RequestFunctions:
        return RequestFunctions(Settings(work_folder=tmp_path / "work", **settings))

    return make


def test_each_setting_reaches_the_direct_translation(made: Any) -> None:
    functions = made(
        job_concurrency=13,
        direct_max_seconds=12,
        bucket="b",
        audio_folder="kept",
        default_model="m",
        price_per_minute_usd=0.5,
        job_table="t",
        job_function="f",
    )
    direct = functions.direct_or_job.direct
    assert (direct.max_duration, direct.estimates) == (12_000, True)
    assert direct.pipeline.at_once == 13
    assert (direct.saved_sources.bucket.name, direct.saved_sources.folder) == ("b", "kept")
    assert (direct.default_model, direct.costs.prices.default) == ("m", 0.5)
    assert functions.direct_or_job.jobs is functions.jobs
    assert functions.jobs.table.table == "t"


def test_jobs_can_be_looked_at_where_none_are_made_any_more(made: Any) -> None:
    functions = made(job_table="t")
    assert functions.direct_or_job.jobs is None
    assert not functions.direct_or_job.direct.estimates
    assert functions.jobs.table.table == "t"


def test_without_a_table_there_are_no_jobs_and_no_keys_are_remembered(made: Any) -> None:
    functions = made()
    with pytest.raises(NotFound):
        _ = functions.jobs
    with pytest.raises(InvalidRequest) as raised:
        _ = functions.idempotency_store
    assert raised.value.param == "Idempotency-Key"


def test_a_request_that_names_no_model_has_the_default_one_and_both_are_offered(made: Any) -> None:
    functions = made(
        default_model="own",
        transcription_model="second",
        api_key_parameter="",
        provider_base_url="http://127.0.0.1:9/v1",
    )
    assert [model.name for model in functions.models()][:2] == ["own", "second"]
    for fields, model in (({}, "own"), ({"model": "x"}, "x")):
        assert functions.model_asked(TranslationOptions.model_validate(fields)).name == model


def test_what_a_crash_has_left_on_the_disk_is_gone(made: Any, tmp_path: Path) -> None:
    (tmp_path / "work").mkdir()
    (tmp_path / "work" / "left.mp3").write_bytes(b"x")
    made()
    assert list((tmp_path / "work").iterdir()) == []
