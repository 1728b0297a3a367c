"""What the template says of events and permissions is needed: without any of it a flow breaks."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from audio_translation.aws.bucket_keys import source_key
from audio_translation.jobs.job import JobStatus
from audio_translation.jobs.storage.job_table import JobTable
from local.aws.iam_policies import allows, statements_of
from local.aws.template import load_template
from tests.audio.tones import spoken
from tests.fakes.aws.moto_server import BUCKET, JOB_TABLE, OTHER_BUCKET, Aws
from tests.fakes.aws.roles import Asked
from tests.fakes.provider.hearing import Tones
from tests.fakes.provider.speech_provider import SpeechProvider
from tests.fakes.webhook_receiver import Receiver
from tests.integration.uploads.recordings_and_jobs import job
from tests.worlds.jobs import WEBHOOK_PARAMETER, WEBHOOK_SECRET
from tests.worlds.kept_answers import KEPT
from tests.worlds.uploads import Template, UploadWorld, changed, running_uploads

TEMPLATE = load_template()

Change = Callable[[Template], object]


@pytest.fixture(scope="module")
def listener() -> Iterator[SpeechProvider]:
    with SpeechProvider(Tones()) as provider:
        yield provider


@dataclass(frozen=True)
class Flow:
    """What uploads should have brought about and did not, and what functions asked of AWS."""

    missing: set[str]
    asked: list[tuple[str, Asked]]
    values: dict[str, str]

    def is_refused_with(self, template: Template) -> bool:
        """Whether another template's policies would refuse something that was asked."""
        roles = {role for role, _ in self.asked}
        may = {role: statements_of(template, role, self.values) for role in roles}
        return not all(
            allows(may[role], each.action, each.resource, each.context) for role, each in self.asked
        )


def flow(aws: Aws, provider: SpeechProvider, folder: Path, template: Template) -> Flow:
    """Uploads of all kinds to both buckets, until nothing is left to do."""
    provider.reset()
    with (
        running_uploads(
            aws,
            provider,
            folder,
            template=template,
            UploadBucket=OTHER_BUCKET,
            UploadJobsAtOnce="9",
            KeepAnswers=KEPT["KEEP_ANSWERS"],
        ) as world,
        Receiver() as receiver,
    ):
        told = _bus(aws)
        aws.client("ssm").put_parameter(
            Name=WEBHOOK_PARAMETER, Value=WEBHOOK_SECRET, Type="SecureString"
        )
        s3 = aws.client("s3")
        for bucket in (BUCKET, OTHER_BUCKET):
            world.put("uploads/translation.json", b'{"responseFormat": "srt"}', bucket)
            world.put("uploads/good.wav", spoken([1]), bucket)
            world.put("uploads/wrong.wav", spoken([2]), bucket, temperature="hot")
            world.put("uploads/gone.wav", spoken([3]), bucket)
            s3.delete_object(Bucket=bucket, Key="uploads/gone.wav")

        def remove(numbers: tuple[int, ...]) -> None:
            if 5 in numbers:
                s3.delete_object(Bucket=BUCKET, Key="uploads/going.wav")

        provider.on_call = remove
        world.put("uploads/going.wav", spoken([5]))
        world.put("uploads/told.wav", spoken([4]), save_source="true", callback_url=receiver.hook())
        _wait_for_source(world)

        def found() -> dict[str, bool]:
            ours, theirs = set(aws.keys(BUCKET)), set(aws.keys(OTHER_BUCKET))
            return {
                "ours": "translations/good.wav.srt" in ours,
                "theirs": "translations/good.wav.srt" in theirs,
                "what is wrong with ours": "translations/wrong.wav.error.json" in ours,
                "what is wrong with theirs": "translations/wrong.wav.error.json" in theirs,
                "the source": any(key.startswith("audio/") for key in ours),
                "the callback": bool(receiver.received),
                "events on the bus": told() >= 4,
                "the job of POST /uploads": "jobs/job-1/result.json" in ours,
            }

        world.settle()
        assert world.roles.refused == []
        keys = [*aws.keys(BUCKET), *aws.keys(OTHER_BUCKET)]
        missing = {name for name, there in found().items() if not there}
        missing |= {k for k in keys if k.startswith(("translations/gone", "translations/going"))}
        return Flow(missing, world.roles.asked, world.values)


def _wait_for_source(world: UploadWorld) -> None:
    """Make a job that waits for its audio, and upload that."""
    key = source_key("job-1", "a.wav")
    made = job("job-1", JobStatus.QUEUED)
    request = made.request.model_copy(update={"audio_file_url": f"s3://{BUCKET}/{key}"})
    table = JobTable(world.aws.clients, table=JOB_TABLE)
    table.create(made.model_copy(update={"request": request}))
    world.put(key, spoken([6]))


def _bus(aws: Aws) -> Callable[[], int]:
    client = aws.client("events")
    bus = client.describe_event_bus(Name="default")["Arn"]
    pattern = json.dumps({"source": ["audio-translation"]})
    client.create_archive(ArchiveName="told", EventSourceArn=bus, EventPattern=pattern)
    return lambda: int(client.describe_archive(ArchiveName="told")["EventCount"])


@pytest.fixture(scope="module")
def as_it_is(
    aws_server: Aws, listener: SpeechProvider, tmp_path_factory: pytest.TempPathFactory
) -> Flow:
    return flow(aws_server, listener, tmp_path_factory.mktemp("work"), load_template())


def test_with_the_template_as_it_is_nothing_is_missing(as_it_is: Flow) -> None:
    assert as_it_is.missing == set()
    assert not as_it_is.is_refused_with(TEMPLATE)


def without(policy: str, sid: str) -> Change:
    def change(template: Template) -> None:
        document = template["Resources"][policy]["Properties"]["PolicyDocument"]
        document["Statement"] = [s for s in document["Statement"] if s.get("Sid") != sid]

    return change


def statements() -> Iterator[Any]:
    for policy in ("UploadPolicy", "TranslateUploadsPolicy", "RunJobsPolicy", "TranslatePolicy"):
        document = TEMPLATE["Resources"][policy]["Properties"]["PolicyDocument"]
        for statement in document["Statement"]:
            # Buckets of the API's callers; and a second permission to list ours.
            if "Sid" in statement and (policy, statement["Sid"]) != (
                "RunJobsPolicy",
                "SeeWhatIsThere",
            ):
                sid = statement["Sid"]
                yield pytest.param(without(policy, sid), id=f"{policy} without {sid}")


@pytest.mark.parametrize("change", [*statements()])
def test_without_it_something_is_refused(as_it_is: Flow, change: Change) -> None:
    assert as_it_is.is_refused_with(changed(change))


def put(*path: Any) -> Change:
    """Set the value at a path below the template's resources; its last part is the value."""

    def change(template: Template) -> None:
        node = template["Resources"]
        for name in path[:-2]:
            node = node[name]
        assert path[-2] in node or node[path[-2]] is not None
        node[path[-2]] = path[-1]

    return change


RULE = ("UploadsRule", "Properties")
SOURCES = ("UploadFunction", "Properties", "Events", "Sources", "Properties", "Pattern")
QUEUE_POLICY = ("UploadQueuePolicy", "Properties", "PolicyDocument", "Statement", 0)
OTHER_RULE = "arn:aws:events:us-east-1:123456789012:rule/SomebodyElses"
EVENTS: dict[str, Change] = {
    "a bucket that tells nobody": put("AudioBucket", "Properties", "NotificationConfiguration", {}),
    "another folder": put(*RULE, "EventPattern", "detail", "object", {"key": [{"prefix": "up/"}]}),
    "another kind of event": put(*RULE, "EventPattern", "detail-type", ["Object Deleted"]),
    "our bucket only": put(
        *RULE, "EventPattern", "detail", "bucket", {"name": [{"Ref": "AudioBucket"}]}
    ),
    "no target": put(*RULE, "Targets", []),
    "another folder of jobs": put(*SOURCES, "detail", "object", {"key": ["jobs/source/*"]}),
    "a queue for another rule": put(
        *QUEUE_POLICY, "Condition", {"ArnEquals": {"aws:SourceArn": OTHER_RULE}}
    ),
    "a queue for another service": put(*QUEUE_POLICY, "Principal", {"Service": "s3.amazonaws.com"}),
    "a queue that lets nobody in": put("UploadQueuePolicy", "Properties", "Queues", []),
}


@pytest.mark.parametrize("change", [*EVENTS.values()], ids=[*EVENTS])
def test_without_it_something_is_missing(
    aws_server: Aws, listener: SpeechProvider, tmp_path: Path, change: Change
) -> None:
    assert flow(aws_server, listener, tmp_path, changed(change)).missing


def test_what_the_queue_does_not_let_in_is_lost_where_the_alarm_looks(
    aws_server: Aws, listener: SpeechProvider, tmp_path: Path
) -> None:
    template = changed(EVENTS["a queue for another rule"])
    with running_uploads(aws_server, listener, tmp_path, template=template) as world:
        world.put("uploads/a.wav", spoken([1]))
        assert world.taken() == []
        assert world.lost() == 1
    alarm = TEMPLATE["Resources"]["UploadsAlarm"]["Properties"]
    assert alarm["Dimensions"][0]["Value"] == {"Fn::GetAtt": ["LostUploads", "QueueName"]}
