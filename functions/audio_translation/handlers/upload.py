"""Woken by objects that are created in S3: a batch of events from a queue, or one by itself."""

from typing import Any

from aws_lambda_powertools.utilities.batch import (
    BatchProcessor,
    EventType,
    process_partial_response,
)
from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord
from aws_lambda_powertools.utilities.typing import LambdaContext

from audio_translation.deadline import Deadline
from audio_translation.jobs.upload_jobs import NoSlot
from audio_translation.uploads.object_created import ObjectCreated
from audio_translation.wiring.upload_function import upload_function

_RESERVE_SECONDS = 10.0
"""Kept back to start a job whose slot comes late, and to answer."""


def handler(event: dict[str, Any], context: LambdaContext) -> Any:
    """Take `{"Records": [...]}` of SQS, whose bodies are events, or one event of EventBridge.

    What cannot be done now is named in the answer to SQS, which delivers it again; of a single
    event the error is raised, and Lambda does.
    """
    deadline = Deadline.after(context.get_remaining_time_in_millis() / 1000 - _RESERVE_SECONDS)
    function = upload_function()

    def take(record: SQSRecord) -> None:
        try:
            created = ObjectCreated.model_validate_json(record.body)
            function.upload_jobs.created(created, deadline)
        except NoSlot:
            raise
        except Exception as error:
            function.telemetry.crashed(error)
            raise

    with function.telemetry.request(context.aws_request_id):
        if "Records" not in event:
            function.upload_jobs.created(ObjectCreated.model_validate(event), deadline)
            return None
        return process_partial_response(
            event=event,
            record_handler=take,
            processor=BatchProcessor(EventType.SQS, raise_on_entire_batch_failure=False),
            context=context,
        )
