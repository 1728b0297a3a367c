"""What live sessions are made of goes the way of direct requests."""

import pytest

from audio_translation.errors import NotFound
from audio_translation.settings import Settings
from audio_translation.wiring.request_functions import RequestFunctions


def settings(**fields: object) -> Settings:
    return Settings.model_validate({"bucket": "b", "job_table": "t", **fields})


def test_sessions_share_the_engine_and_the_pipeline_of_direct_requests(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    folder = tmp_path_factory.mktemp("work")
    functions = RequestFunctions(settings(job_function="arn", work_folder=folder))
    direct, live = functions.direct_or_job.direct, functions.live
    assert live.translate.pipeline is direct.pipeline
    assert live.translate.engine is direct.engine
    assert live.jobs is functions.jobs
    assert live.table.table == "t"
    assert live.files.bucket.name == "b"


def test_where_nothing_becomes_a_job_there_are_no_sessions(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    functions = RequestFunctions(settings(work_folder=tmp_path_factory.mktemp("work")))
    with pytest.raises(NotFound):
        _ = functions.live
