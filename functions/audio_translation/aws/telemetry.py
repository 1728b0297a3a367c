"""JSON logs and EMF metrics on standard output."""

import logging
import re
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from aws_lambda_powertools import Logger, Metrics, single_metric
from aws_lambda_powertools.metrics import MetricUnit

from audio_translation.errors import Internal, ServiceError

_QUERY_OR_KEY = re.compile(r"\?[^\s'\"<>]+|\bsk-[\w-]+|(?<=Bearer )\S+")


class Telemetry:
    """One logger and one set of metrics for a sandbox; not for several requests at once."""

    def __init__(self) -> None:
        self._logger = Logger()
        for library in ("botocore", "httpcore2", "httpx2", "openai"):
            # Below a warning they log URLs with their queries, and SSM's answer with the key.
            logging.getLogger(library).setLevel(logging.WARNING)
        self._metrics = Metrics()
        self._replaced: set[str] = set()

    @contextmanager
    def request(self, request_id: str) -> Iterator[None]:
        """Add the request id to all log lines inside."""
        with self._logger.append_context_keys(request_id=request_id):
            yield

    def translated(
        self,
        url: str,
        *,
        audio_time: int,
        provider_time: int,
        dollars: float,
        untranslated_segments: int,
        model: str,
        provider: str,
        cached: bool = False,
    ) -> None:
        """Count a translation; times in milliseconds, ``model`` and ``provider`` have served.

        ``cached``: it was kept of an earlier request.
        """
        self._metrics.add_metric("Requests", MetricUnit.Count, 1)
        self._metrics.add_metric("AudioSeconds", MetricUnit.Seconds, audio_time / 1000)
        self._metrics.add_metric("ProviderMilliseconds", MetricUnit.Milliseconds, provider_time)
        self._metrics.add_metric("EstimatedDollars", MetricUnit.NoUnit, dollars)
        self._metrics.add_metric("UntranslatedSegments", MetricUnit.Count, untranslated_segments)
        self._metrics.add_metric("CachedAnswers", MetricUnit.Count, int(cached))
        self._metrics.flush_metrics()
        self._served(provider)
        self._logger.info(
            "Translated", audio_from=_host_of(url), model=model, provider=provider, cached=cached
        )

    def _served(self, provider: str) -> None:
        with single_metric("Translations", MetricUnit.Count, 1) as metric:
            metric.add_dimension("provider", provider)

    def replacement_served(self, model: str, replacement: str, reason: str) -> None:
        """Count what another model served in a retired one's place, and warn of it the first time.

        A wrong base URL looks like a retired model, so it must show in the log.
        """
        with single_metric("SuccessorServed", MetricUnit.Count, 1):
            pass
        if model not in self._replaced:
            self._replaced.add(model)
            self._logger.warning(
                "A successor serves for a model", model=model, successor=replacement, reason=reason
            )

    def model_ends_earlier(self, model: str, told: date, known: date | None) -> None:
        """Warn that a provider ends a model before the day that was known, if there was one."""
        self._logger.warning(
            "The provider ends a model earlier than was known",
            model=model,
            ends=told.isoformat(),
            known=known and known.isoformat(),
        )

    def unusable_answer(self, model: str, kind: str) -> None:
        """Count a call that was probably paid and cannot be used; ``kind`` is none of its words."""
        with single_metric("UnusableAnswers", MetricUnit.Count, 1):
            pass
        self._logger.warning("A provider's answer cannot be used", model=model, kind=kind)

    def provider_failed(self, provider: str, model: str, code: str) -> None:
        """Count a call that the next provider of a chain has to answer, and log why."""
        with single_metric("ProviderFailures", MetricUnit.Count, 1):
            pass
        self._logger.warning("A provider failed", provider=provider, model=model, code=code)

    def circuit_changed(self, circuit: str, state: str) -> None:
        """Log that a provider's model is left alone from now on, is tried, or is asked again."""
        self._logger.warning("A circuit changed", circuit=circuit, state=state)

    def parameter_not_read(self, parameter: str, reason: str, *, last_value_is_used: bool) -> None:
        """Log that an SSM parameter gave no secret: its name is told to nobody else."""
        say = self._logger.warning if last_value_is_used else self._logger.error
        say(
            "A secret cannot be read. Put it there with"
            " `aws ssm put-parameter --type SecureString --overwrite`, or let the function read it",
            parameter=parameter,
            reason=reason,
            last_value_is_used=last_value_is_used,
        )

    def model_dates_unknown(self, reason: str) -> None:
        """Log that the provider did not tell when its models end."""
        self._logger.info("The provider's list of models could not be read", reason=reason)

    def submitted(self, url: str) -> None:
        """Count a request that became a job."""
        self._metrics.add_metric("Requests", MetricUnit.Count, 1)
        self._metrics.add_metric("JobsSubmitted", MetricUnit.Count, 1)
        self._metrics.flush_metrics()
        self._logger.info("Became a job", audio_from=_host_of(url))

    def source_not_saved(self, reason: str) -> None:
        """Log that a caller asked for the source to be kept and it was not."""
        self._logger.error("The source was not saved", reason=reason)

    def answers_out_of_reach(self, what: str, reason: str) -> None:
        """Log that the bucket did not ``read``, ``write`` or ``delete`` a kept translation."""
        self._logger.warning("Kept answers are out of reach", what=what, reason=reason)

    def failed(self, error: Exception) -> ServiceError:
        """Count what a caller is going to be told under its code, and return it.

        What is no ServiceError is logged and becomes Internal.
        """
        if not isinstance(error, ServiceError):
            self.crashed(error)
            error = Internal(
                "Something went wrong on our side. The log has it under the request id."
            )
        self._metrics.add_metric("Requests", MetricUnit.Count, 1)
        self._metrics.flush_metrics()
        with single_metric("Errors", MetricUnit.Count, 1) as metric:
            metric.add_dimension("code", error.code)
        say = self._logger.error if error.status >= 500 else self._logger.warning
        say(error.message, code=error.code, param=error.param)
        return error

    def turn_ended(self, provider_time: int) -> None:
        """Count for how many milliseconds a job's turn had calls under way, if it had any."""
        if provider_time:
            with single_metric("JobProviderMilliseconds", MetricUnit.Milliseconds, provider_time):
                pass

    def job_ended(
        self,
        job_id: str,
        *,
        status: str,
        model: str | None,
        provider: str | None,
        error: dict[str, Any] | None,
        audio_time: int,
        dollars: float,
        untranslated_segments: int,
        cached: bool = False,
    ) -> None:
        """Count a job that has ended; ``error`` is OpenAI's error object if it failed.

        ``audio_time``, in milliseconds, and ``dollars`` are of what was translated, ``cached``
        is as above.
        """
        self._metrics.add_metric("AudioSeconds", MetricUnit.Seconds, audio_time / 1000)
        self._metrics.add_metric("EstimatedDollars", MetricUnit.NoUnit, dollars)
        self._metrics.add_metric("UntranslatedSegments", MetricUnit.Count, untranslated_segments)
        self._metrics.add_metric("CachedAnswers", MetricUnit.Count, int(cached))
        # Not what is wrong with a caller's audio: nobody has to get up for that.
        failed = error is not None and error["type"] != ServiceError.type
        self._metrics.add_metric("FailedJobs", MetricUnit.Count, int(failed))
        self._metrics.flush_metrics()
        with single_metric("Jobs", MetricUnit.Count, 1) as metric:
            metric.add_dimension("status", status)
        if provider:
            self._served(provider)
        self._logger.info(
            "Job ended", job_id=job_id, status=status, model=model, provider=provider, error=error
        )

    def execution_lost(self, job_id: str, executions: int) -> None:
        """Log that an execution of a job is lost, and how many are by now."""
        self._logger.error("An execution was lost", job_id=job_id, executions=executions)

    def untold(self, job_id: str, what: str, reason: str) -> None:
        """Log that an event or a callback about a job's end could not be sent."""
        reason = _QUERY_OR_KEY.sub("[hidden]", reason)
        self._logger.error("The end of a job was not told", job_id=job_id, what=what, reason=reason)

    def crashed(self, error: BaseException) -> None:
        """Log an unexpected exception: its full stack, its text without secrets."""
        self._logger.error(
            "Unexpected error",
            exception_type=type(error).__name__,
            exception_text=_QUERY_OR_KEY.sub("[hidden]", str(error)),
            stack=traceback.format_tb(error.__traceback__),
        )


def _host_of(url: str) -> str:
    """Return scheme and host, or the bucket.

    Paths have people's names and tokens in them, queries signatures, and what is before the host
    passwords. What is no URL is a word of ours.
    """
    try:
        parts = urlsplit(url)
        host = parts.netloc.rpartition("@")[2]
        return urlunsplit((parts.scheme, host, "", "", "")) if host else parts.path
    except ValueError:
        return "unreadable"
