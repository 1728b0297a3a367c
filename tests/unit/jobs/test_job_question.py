"""Questions about a job: its id, and nothing else."""

import pytest
from pydantic import ValidationError

from audio_translation.jobs.job_question import JobQuestion


def test_a_question_names_a_job_with_blanks_around_it_or_without() -> None:
    assert JobQuestion.model_validate({"jobId": " 7\n"}).job_id == "7"


@pytest.mark.parametrize("event", [{}, {"jobId": 7}, {"jobId": "7", "audioFileUrl": "x"}])
def test_anything_else_is_no_question(event: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        JobQuestion.model_validate(event)
