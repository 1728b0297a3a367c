"""Ids, and where things lie in buckets."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audio_translation.aws.bucket_keys import (
    bucket_and_key,
    has_room_for_results,
    is_job_id,
    is_output,
    is_s3,
    job_folder,
    job_of_source,
    kept_folder,
    part_key,
    parts_folder,
    result_key,
    result_path,
    source_key,
    translation_key,
)


@pytest.mark.parametrize("job_id", ["a", "01525987-8252-4da8-8b02-606da76c433e", "A_1", "x" * 64])
def test_what_lambda_takes_as_a_name_may_be_an_id(job_id: str) -> None:
    assert is_job_id(job_id)


@pytest.mark.parametrize("job_id", ["", "x" * 65, "a b", "a/b", "a#b", "a.b", "ñ", "a\n", "a\0"])
def test_nothing_else_may_be_an_id(job_id: str) -> None:
    assert not is_job_id(job_id)


def test_everything_of_a_job_lies_in_its_folder() -> None:
    keys = [
        kept_folder("j"),
        parts_folder("j"),
        part_key("j", 0, 7),
        translation_key("j"),
        result_key("j", "srt"),
    ]
    assert len(set(keys)) == 5
    assert all(key.startswith(job_folder("j")) for key in keys)
    assert not any(key.startswith(job_folder("other")) for key in keys)


def test_the_source_of_a_job_leads_back_to_it_and_nothing_else_does() -> None:
    assert job_of_source(source_key("a-1", "x/y.mp3")) == "a-1"
    for key in (
        part_key("a-1", 0, 1),
        kept_folder("a-1") + "a.mp3",
        source_key("a-1", ""),
        "uploads/jobs/a/source/x",
        "jobs/a b/x",
    ):
        assert job_of_source(key) is None


def test_parts_sort_in_their_order() -> None:
    times = [(0, 9), (9, 10), (10, 99), (99, 100), (2_900, 36_000_000), (36_000_000, 40_000_000)]
    keys = [part_key("j", start, end) for start, end in times]
    assert keys == sorted(keys)
    sides = [part_key("j", start, end, side) for side in (0, 1) for start, end in times]
    assert sides == sorted(sides)
    assert len({*keys, *sides}) == 3 * len(times)
    assert all(key.startswith(parts_folder("j")) for key in (*keys, *sides))


@pytest.mark.parametrize(
    ("url", "is_one", "bucket", "key"),
    [
        ("s3://b/a/b c.mp3", True, "b", "a/b c.mp3"),
        ("S3://b/k?x=1#y", True, "b", "k?x=1#y"),
        ("s3://b", True, "b", ""),
        ("s3:///k", True, "", "k"),
        ("https://s3.amazonaws.com/b/k", False, "s3.amazonaws.com", "b/k"),
    ],
)
def test_an_s3_url_is_a_bucket_and_a_key_as_it_stands(
    url: str, is_one: bool, bucket: str, key: str
) -> None:
    assert is_s3(url) is is_one
    assert bucket_and_key(url) == (bucket, key)


keys = st.text(min_size=1, max_size=60)


def test_a_folder_whose_name_begins_like_one_of_ours_is_not_ours() -> None:
    assert not is_output("audiobooks/a.mp3", "audio")
    assert not is_output("jobsites/a.mp3", "audio")


def test_a_key_is_too_long_when_a_result_of_it_would_be() -> None:
    assert has_room_for_results("uploads/" + "ü" * 497)
    assert not has_room_for_results("uploads/" + "ü" * 498)


def test_results_have_the_whole_name_of_the_recording() -> None:
    assert result_path("uploads/a b/c+%ü.mp3") == "translations/a b/c+%ü.mp3"
    assert result_path("calls/c.mp3") == "translations/calls/c.mp3"


@given(first=keys, second=keys)
def test_two_recordings_never_share_a_result(first: str, second: str) -> None:
    if first != second:
        assert result_path(f"uploads/{first}") != result_path(f"uploads/{second}")
