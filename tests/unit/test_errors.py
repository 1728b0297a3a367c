"""The error table: one class a row, OpenAI's envelope."""

import pytest

from audio_translation import errors
from audio_translation.errors import ServiceError

TABLE = {
    "InvalidRequest": (400, "invalid_request"),
    "UrlNotAllowed": (400, "url_not_allowed"),
    "AudioNotRetrievable": (400, "audio_not_retrievable"),
    "UnsupportedAudio": (400, "unsupported_audio"),
    "CostLimitExceeded": (402, "cost_limit_exceeded"),
    "NotFound": (404, "not_found"),
    "ModelNotFound": (404, "model_not_found"),
    "MethodNotAllowed": (405, "method_not_allowed"),
    "JobNotFinished": (409, "job_not_finished"),
    "LiveEnded": (409, "live_ended"),
    "IdempotencyConflict": (409, "idempotency_conflict"),
    "AudioTooLarge": (413, "audio_too_large"),
    "RateLimited": (429, "rate_limited"),
    "ProviderRejected": (502, "provider_rejected"),
    "ModelGone": (502, "provider_rejected"),
    "ProviderQuotaExhausted": (503, "provider_quota_exhausted"),
    "ProviderUnavailable": (502, "provider_unavailable"),
    "ProviderTimedOut": (504, "provider_unavailable"),
    "UnusableAnswer": (502, "provider_unavailable"),
    "Internal": (500, "internal"),
}


def classes(root: type[ServiceError] = ServiceError) -> list[type[ServiceError]]:
    return [kind for child in root.__subclasses__() for kind in [child, *classes(child)]]


def test_the_tree_has_the_rows_of_the_table_and_no_others() -> None:
    assert {c.__name__: (c.status, c.code) for c in classes()} == TABLE


def test_the_drawing_of_the_tree_names_every_row() -> None:
    for name, (status, code) in TABLE.items():
        assert any(
            line.split()[-3:] == [name, str(status), code]
            for line in (errors.__doc__ or "")
            .replace("(Retry-After)", "")
            .replace("(Allow)", "")
            .splitlines()
        ), name


@pytest.mark.parametrize("kind", classes(), ids=lambda kind: kind.__name__)
def test_every_error_has_the_envelope_that_openai_clients_parse(kind: type[ServiceError]) -> None:
    assert kind("What to do.", param="prompt").envelope() == {
        "error": {
            "message": "What to do.",
            "type": kind.type,
            "param": "prompt",
            "code": kind.code,
        }
    }
