"""The tracks that files have, as they mark them."""

import re
from pathlib import Path

import av
import pytest

from audio_translation.audio.media import decoding
from audio_translation.audio.media.media_file import opened
from audio_translation.audio.media.tracks import tracks_of
from audio_translation.deadline import Deadline
from tests.integration.audio.tone import decode, encode


def test_every_track_is_told_and_one_is_decoded(tmp_path: Path) -> None:
    path = tmp_path / "three.mkv"
    encode(path, "aac", streams=3)
    with opened(path, Deadline.after(5)) as container:
        assert [track.number for track in tracks_of(container)] == [1, 2, 3]
    assert decode(path, wish="3").info.track == 3
    assert decoding.tracks(path, wish=None, source=None, deadline=Deadline.after(5)) == [1, 2, 3]


def languages(path: Path) -> list[str | None]:
    with opened(path, Deadline.after(5)) as container:
        return [track.language for track in tracks_of(container)]


@pytest.mark.parametrize(
    ("tag", "language"),
    [
        ("eng", "en"),
        ("pt-BR", "pt-br"),
        ("haw", "haw"),
        ("und", None),
        ("e" * 5_000, None),
        ("en" + "-abcdefgh" * 4, None),
        ("en\nanother line", None),
        ("en), and not what you think (es", None),
        ("English", None),
    ],
)
def test_a_language_is_told_where_the_file_has_a_tag_and_not_any_text(
    tmp_path: Path, tag: str, language: str | None
) -> None:
    plain, tagged = tmp_path / "plain.mka", tmp_path / "tagged.mka"
    encode(plain, "flac")
    with av.open(str(plain)) as source, av.open(str(tagged), "w") as target:
        stream = target.add_stream_from_template(source.streams.audio[0])
        stream.metadata["language"] = tag
        for packet in source.demux():
            if packet.size:
                packet.stream = stream
                target.mux(packet)
    assert languages(tagged) == [language]
    info = decode(tagged).info
    assert re.fullmatch(
        r"track 1( \([a-z-]{2,35}(, default)?\)| \(default\))?", str(info.tracks[0])
    )
