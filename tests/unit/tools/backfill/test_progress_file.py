"""How far a run has come outlives the run."""

import itertools
from pathlib import Path

from tools.backfill.progress_file import Progress, ProgressFile


def test_progress_outlives_its_process_until_it_is_deleted(tmp_path: Path) -> None:
    def file(bucket: str = "b", prefix: str = "ñ/", *, retry: bool = False) -> ProgressFile:
        return ProgressFile(tmp_path / "s", bucket=bucket, prefix=prefix, queue="q", retry=retry)

    begun = file().read()
    begun.after, begun.queued = "a\x01ñ", 7
    file().write(begun)

    assert file().read() == begun
    for other in (file("c"), file(prefix="n/"), file(retry=True)):
        assert other.read().after == ""
    file().delete()
    file().delete()
    assert file().read().after == ""
    assert list((tmp_path / "s").iterdir()) == []


def test_a_file_that_is_damaged_begins_anew(tmp_path: Path) -> None:
    file = ProgressFile(tmp_path, bucket="b", prefix="", queue="q", retry=False)
    file.write(Progress(after="x"))
    (path,) = tmp_path.iterdir()
    path.write_bytes(b"\xff{")
    assert file.read().after == ""


def test_runs_have_stamps_of_their_own() -> None:
    stamps = {Progress().again for _ in itertools.repeat(None, 2)}
    assert all(stamp.endswith("+00:00") for stamp in stamps)
