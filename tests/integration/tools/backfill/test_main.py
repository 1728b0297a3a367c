"""`make backfill` as an operator runs it: against moto, and a large bucket that is made up."""

import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from local import REPOSITORY
from tests.benchmarks.backfill import MOST_GROWTH, measured
from tests.e2e.environment import readers_environment
from tests.fakes.aws.large_bucket import BUCKET, PREFIX, LargeBucket
from tests.worlds.backfill import Account, run_backfill, set_environment

NASTY = ['calls/it\'s "one" $HOME; `x` #ñ/a b+c%2F😀.mp3', "calls/a&b=c\t<d>.wav", "calls/a.mp3-2"]


def test_a_dry_run_says_what_is_there_and_queues_nothing(account: Account) -> None:
    account.put("calls/a.mp3", "calls/b.mp3", "calls/c", "calls/d.pdf", "other/e.mp3")
    account.put("calls/e.mp3", body=b"")
    account.put("calls/f.mp3", StorageClass="GLACIER")
    account.put("translations/calls/b.mp3.srt", "translations/calls/c.error.json")

    printed = account.run_on_bucket("--prefix", "calls/")

    for line in (
        "1  untranslated",
        "1  translated",
        "1  failed before (RETRY=1 queues them, too)",
        "1  empty",
        "1  archived (not readable before they are restored)",
        "1  no audio by name (.pdf)",
    ):
        assert f" {line}\n" in printed
    assert "about $0.00 at $0.006 a minute" in printed
    assert f"make backfill BUCKET={account.bucket} PREFIX=calls/ QUEUE=" in printed
    assert account.received() == []


def test_a_run_queues_untranslated_recordings_as_events_of_uploads(account: Account) -> None:
    account.put(*NASTY, "uploads/u.mp3", "uploads/done.mp3", "plain")
    account.put("calls/", "calls/translation.json", "jobs/1/source/a.mp3", "audio/a.mp3")
    account.put("translations/done.mp3.json", "translations/calls/x.mp3.json")

    printed = account.run_on_bucket("--run", "1")

    assert "5 recordings are queued." in printed
    events = account.received()
    found = [event["detail"]["object"]["key"] for event in events]
    assert found == sorted([*NASTY, "plain", "uploads/u.mp3"])
    etag = account.aws.client("s3").head_object(Bucket=account.bucket, Key="plain")["ETag"]
    (plain,) = [event for event in events if event["detail"]["object"]["key"] == "plain"]
    assert plain == {
        "source": "audio-translation.backfill",
        "detail-type": "Object Created",
        "detail": {
            "bucket": {"name": account.bucket},
            "object": {"key": "plain", "size": 12_000, "etag": etag.strip('"')},
        },
    }
    assert list(account.states.iterdir()) == []


def test_what_failed_before_is_queued_again_as_new_jobs_when_asked_for(account: Account) -> None:
    account.put("a.mp3", "b.mp3", "translations/b.mp3.error.json")

    account.run_on_bucket("--run", "1", "--retry", "1")

    first, second = account.received()
    assert "again" not in first["detail"]
    assert re.fullmatch(r"20\d\d-[\d:.T-]+\+00:00", second["detail"]["again"])
    account.run_on_bucket("--run", "1")
    assert account.keys_received() == ["a.mp3"]


def test_make_passes_names_on_as_they_are(account: Account) -> None:
    account.put(*NASTY)
    prefix = NASTY[0].rpartition("/")[0]
    arguments = [f"BUCKET={account.bucket}", f"PREFIX={prefix}", f"QUEUE={account.queue}"]
    environ = readers_environment() | account.aws.environment

    dry = subprocess.run(
        ["make", "backfill", *arguments],
        cwd=REPOSITORY, env=environ, capture_output=True, text=True, timeout=60, check=True,
    )  # fmt: skip
    assert account.received() == []
    (line,) = re.findall(r"make backfill .*", dry.stdout)
    subprocess.run(
        ["bash", "-c", line],
        cwd=REPOSITORY, env=environ, capture_output=True, timeout=60, check=True,
    )  # fmt: skip

    assert account.keys_received() == [NASTY[0]]


@pytest.mark.parametrize(
    ("arguments", "status", "reason"),
    [
        (["--bucket", "no-such-bucket", "--queue", "q"], 1, "There is no such bucket"),
        (["--bucket", "s3://b/calls"], 2, "BUCKET is a bucket's name, without s3://"),
        (["--bucket", ""], 2, "BUCKET is a bucket's name"),
        (["--bucket", "bbb", "--stack", "none"], 1, "There is no stack 'none' in us-east-1"),
        (["--bucket", "bbb", "--queue", "q", "--prefix", "translations/a"], 1, "not translated"),
        (["--bucket", "bbb", "--queue", "q", "--prefix", "audio/a"], 1, "not translated"),
        (["--bucket", "bbb", "--run", "yes"], 2, "1 or nothing, not 'yes'"),
        (["--bucket", "bbb", "--price", "x"], 2, "a number of dollars, not 'x'"),
        (["--bucket", "bbb", "--prefix", os.fsdecode(b"\xff")], 2, "is not UTF-8"),
    ],
)
def test_what_cannot_be_done_is_told_at_once(
    account: Account, arguments: list[str], status: int, reason: str
) -> None:
    assert reason in account.run(*arguments, status=status)


def arguments_for(bucket: LargeBucket, states: Path) -> list[str]:
    """Of a run against a large bucket."""
    target = ["--bucket", BUCKET, "--prefix", PREFIX, "--queue", bucket.queue_url]
    return [*target, "--run", "1", "--state-folder", str(states)]


def stopped(bucket: LargeBucket, states: Path, *, after: int, by: int) -> int:
    """Run, send the signal when so many are in the queue; return the exit status."""
    with subprocess.Popen(
        [sys.executable, "-m", "tools.backfill", *arguments_for(bucket, states)],
        cwd=REPOSITORY,
        env=readers_environment() | bucket.environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as process:
        try:
            with bucket.holding(after):
                process.send_signal(by)
            return process.wait(20)
        finally:
            process.kill()


def test_a_run_that_is_killed_goes_on_there_and_misses_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with LargeBucket(3000) as bucket:
        set_environment(monkeypatch, bucket.environment)
        for after in (300, 1500):
            assert stopped(bucket, tmp_path, after=after, by=signal.SIGKILL) == -signal.SIGKILL
        before = sum(bucket.sent)
        assert bucket.sent.count(0) > 300  # the tenth that has translations, and more

        printed = run_backfill(capsys, *arguments_for(bucket, tmp_path))

    untranslated = set(bucket.untranslated())
    assert all(bool(sent) == (n in untranslated) for n, sent in enumerate(bucket.sent))
    assert "A run was stopped after" in printed
    # A page of 900 is sent again for each kill, and no more.
    assert sum(bucket.sent) <= 2700 + 2 * 900
    assert sum(bucket.sent) - before < 2700
    assert list(tmp_path.iterdir()) == []


def test_after_ctrl_c_restart_begins_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with LargeBucket(2000) as bucket:
        set_environment(monkeypatch, bucket.environment)
        assert stopped(bucket, tmp_path, after=1000, by=signal.SIGINT) == 130
        assert len(list(tmp_path.iterdir())) == 1
        bucket.sent[:] = bytes(2000)

        printed = run_backfill(capsys, *arguments_for(bucket, tmp_path), "--restart", "1")

    assert "A run was stopped" not in printed
    assert sum(bucket.sent) == 1800


def test_memory_does_not_grow_with_the_bucket() -> None:
    small, large = measured(1000), measured(5000)
    assert large.peak <= MOST_GROWTH * small.peak
