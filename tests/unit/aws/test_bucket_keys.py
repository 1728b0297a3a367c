"""The keys that the service writes to a bucket, and those of results at recordings' paths."""

import pytest

from audio_translation.aws.bucket_keys import is_output, output_folders, result_path


@pytest.mark.parametrize(
    ("key", "path"),
    [
        ("uploads/a/b.mp3", "translations/a/b.mp3"),
        ("calls/b.mp3", "translations/calls/b.mp3"),
        ("uploads/uploads/b.mp3", "translations/uploads/b.mp3"),
        ("my/uploads/b.mp3", "translations/my/uploads/b.mp3"),
        ("uploads/a b+c%2F ñ", "translations/a b+c%2F ñ"),
    ],
)
def test_results_lie_at_the_recordings_path(key: str, path: str) -> None:
    assert result_path(key) == path
    assert is_output(path + ".json", "audio")
    assert not is_output(key, "audio")


@pytest.mark.parametrize("folder", ["audio", "kept/audio"])
def test_what_lies_in_our_folders_is_our_output(folder: str) -> None:
    for prefix in output_folders(folder):
        assert is_output(f"{prefix}x.mp3", folder)
    assert not is_output(f"{folder}2/x.mp3", folder)
    assert not is_output("translations.mp3", folder)
