"""What a session keeps in the bucket."""

import pytest

from audio_translation.aws.bucket import Bucket
from audio_translation.live.utterance import Failure
from audio_translation.live.utterance_files import UtteranceFiles
from tests.fakes.aws.moto_server import BUCKET, Aws
from tests.unit.live.test_utterance import said


@pytest.fixture
def files(aws: Aws) -> UtteranceFiles:
    return UtteranceFiles(Bucket(aws.clients, BUCKET))


def test_utterances_are_found_as_they_were_kept(files: UtteranceFiles) -> None:
    first, last = said(0, 0, "One.", source="Uno."), said(12_345, 5_000, "Two.", "Three.")
    for one in (first, last):
        assert files.keep("a", one) == one
    assert files.find("a", [0, 1, 12_345]) == {0: first, 12_345: last}
    assert files.find("b", [0]) == {}
    assert files.all("a").utterances == (first, last)
    assert files.all("b").in_order() == []


def test_what_is_kept_never_changes(files: UtteranceFiles) -> None:
    first = said(0, 0, "One.")
    files.keep("a", first)
    assert files.keep("a", said(0, 0, "Other.")) == first
    assert files.all("a").utterances == (first,)


def test_failures_are_counted_until_the_utterance_is_translated(files: UtteranceFiles) -> None:
    files.note_failure("a", 3, start=1_000, length=2_000)
    assert files.all("a").gaps == ()
    files.note_failure("a", 3, start=1_000, length=2_000)
    assert files.all("a").gaps == (Failure(3, 1_000, 2_000, 2),)
    files.keep("a", said(3, 1_000, "There."))
    assert files.all("a").gaps == ()
    assert [one.seq for one in files.all("a").in_order()] == [3]


def test_all_of_it_lies_in_the_jobs_folder(files: UtteranceFiles, aws: Aws) -> None:
    files.keep("a", said(7, 0, "One."))
    files.note_failure("a", 8, start=0, length=1)
    assert aws.keys(BUCKET) == ["jobs/a/live/00007.json", "jobs/a/live/00008.failed.json"]
