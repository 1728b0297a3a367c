"""Woken by objects created in S3: a batch of events from a queue, or a single event."""

from typing import Any

from aws_lambda_powertools.utilities.batch import (
    BatchProcessor,
    EventType,
    process_partial_response,
)
from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord
from aws_lambda_powertools.utilities.typing import LambdaContext

from audio_translation.deadline import Deadline
from audio_translation.jobs.recording_jobs import NoSlot
from audio_translation.uploads.object_created import ObjectCreated
from audio_translation.wiring.upload_function import upload_function

_RESERVE_SECONDS = 10.0
"""Kept back to start a job that got its slot late, and to answer."""


def handler(event: dict[str, Any], context: LambdaContext) -> Any:
    """Take `{"Records": [...]}` of SQS, whose bodies are events, or one event of EventBridge.

    Records that cannot be handled now are named in the answer, and SQS delivers them again. The
    error of a single event is raised, and Lambda retries it.
    """
    deadline = Deadline.after(context.get_remaining_time_in_millis() / 1000 - _RESERVE_SECONDS)
    function = upload_function()

    def take(record: SQSRecord) -> None:
        try:
            created = ObjectCreated.model_validate_json(record.body)
            function.recording_jobs.created(created, deadline)
        except NoSlot:
            raise
        except Exception as error:
            function.telemetry.crashed(error)
            raise

    with function.telemetry.request(context.aws_request_id):
        if "Records" not in event:
            function.recording_jobs.created(ObjectCreated.model_validate(event), deadline)
            return None
        return process_partial_response(
            event=event,
            record_handler=take,
            processor=BatchProcessor(EventType.SQS, raise_on_entire_batch_failure=False),
            context=context,
        )
