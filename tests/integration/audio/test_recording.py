"""A recording on its way from a file to chunks."""

import itertools
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from audio_translation.audio.audio_file import Audio
from audio_translation.audio.containers.file_type import sniff
from audio_translation.audio.media import decoding
from audio_translation.audio.recording import ChunkAudio, Listening, Recording
from audio_translation.deadline import Deadline
from audio_translation.errors import InvalidRequest, UnsupportedAudio
from tests.audio.conversation import conversation, decoded
from tests.audio.conversation import write as write_channels
from tests.audio.long_files import arranged, write
from tests.audio.media_files import many_channels
from tests.audio.tones import PAUSE, SPOKEN, heard, recording
from tests.integration.audio.tone import decode, encode

HOUR = 3_600_000


LISTENING = Listening(decoding, target=10_000, limit=30_000, max_duration=HOUR)


def listened(
    path: Path, listening: Listening = LISTENING, **options: Any
) -> tuple[Recording, list[ChunkAudio]]:
    folder = path.parent / f"{path.name}.chunks-{listening.processors}-{listening.own_process}"
    folder.mkdir(exist_ok=True)
    with path.open("rb") as file:
        audio = Audio(path, sniff(file), path.stat().st_size)
    made = Recording(audio, listening, folder, **options)
    return made, list(made.chunks(Deadline.after(60)))


def test_the_sound_of_each_chunk_is_that_of_its_time(tmp_path: Path) -> None:
    path = tmp_path / "tones.wav"
    path.write_bytes(recording(24))
    made, chunks = listened(path)
    assert len(chunks) >= 4
    whole = decode(path).plain
    for one in chunks:
        samples = decode(one.flac.path).plain
        assert samples == whole[32 * one.chunk.start : 32 * one.chunk.end]
    numbers = [s.number for one in chunks for s in heard(one.flac.path.read_bytes())]
    assert numbers == list(range(24))
    assert made.info.duration == made.decoded == PAUSE + 24 * (SPOKEN + PAUSE)
    assert made.speech == pytest.approx(24 * SPOKEN, abs=24 * 60)
    assert all(one.original is None for one in chunks)


@pytest.mark.parametrize("extension", ["mp3", "m4a", "webm", "flac"])
def test_a_long_file_comes_in_chunks_that_hold_all_that_is_spoken(
    tmp_path: Path, extension: str
) -> None:
    path = tmp_path / f"speech.{extension}"
    spoken = arranged(3)
    write(spoken, path)
    _, chunks = listened(path)
    for one in spoken:
        middle = (one.start + one.end) // 2
        assert any(c.chunk.start <= middle <= c.chunk.end for c in chunks)
    assert all(a.chunk.end <= b.chunk.start for a, b in itertools.pairwise(chunks))


def test_a_short_plain_file_may_be_sent_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "short.wav"
    path.write_bytes(recording(2))
    _, (one,) = listened(path)
    assert one.original is not None
    assert one.original.path == path
    assert (one.chunk.start, one.chunk.end) == (0, PAUSE + 2 * (SPOKEN + PAUSE))
    assert decode(one.flac.path).plain == decode(path).plain


def test_what_must_not_be_sent_as_it_is_is_not(tmp_path: Path) -> None:
    late, film = tmp_path / "late.mp4", [n / 25 for n in range(150)]
    encode(late, "aac", rate=48_000, video=film, late=1.5)
    tracks = tmp_path / "tracks.mkv"
    encode(tracks, "aac", streams=2)
    quiet = tmp_path / "quiet.wav"
    encode(quiet, "pcm_s16le")  # two seconds of silence before the tone
    for path in (late, tracks, quiet):
        _, (one,) = listened(path)
        assert one.original is None


def test_faint_sound_is_sent_loud(tmp_path: Path) -> None:
    path = tmp_path / "faint.wav"
    sound = np.frombuffer(recording(2)[44:], "<i2") / 32768 * 0.001 * 4
    encode(path, "pcm_f32le", data=(sound * 32768).astype("<i2").tobytes())
    _, (one,) = listened(path)
    values = np.frombuffer(decode(one.flac.path).samples, "<f4")
    assert np.abs(values).max() > 0.03


def test_what_is_no_audio_names_the_field(tmp_path: Path) -> None:
    path = tmp_path / "bad.wav"
    path.write_bytes(
        b"RIFF\x24\0\0\0WAVEfmt \x10\0\0\0" + bytes(16) + b"data\x10\0\0\0" + bytes(16)
    )
    with pytest.raises(UnsupportedAudio) as raised:
        listened(path)
    assert raised.value.param == "audioFileUrl"


def test_a_chunk_that_is_discarded_is_gone(tmp_path: Path) -> None:
    path = tmp_path / "short.wav"
    path.write_bytes(recording(1))
    _, (one,) = listened(path)
    one.discard()
    one.discard()
    assert not one.flac.path.exists()


@pytest.mark.parametrize("telephone", [False, True])
def test_each_side_of_a_call_is_cut_as_its_own_file(tmp_path: Path, telephone: bool) -> None:
    call = conversation(tmp_path, 16, telephone=telephone)
    made, chunks = listened(call.both, separate=True)
    assert made.info.sides_differ
    assert not made.info.sides_alike
    assert (made.streams, made.decoded) == (2, 2 * made.info.duration)
    assert len({one.flac.path for one in chunks}) == len(chunks)
    for channel, side in enumerate(call.sides):
        alone, expected = listened(side)
        own = [one for one in chunks if one.chunk.channel == channel]
        assert len(own) == len(expected) > 1
        for one, other in zip(own, expected, strict=True):
            assert replace(one.chunk, channel=None) == other.chunk
            assert one.flac.path.read_bytes() == other.flac.path.read_bytes()
        assert alone.info.duration == made.info.duration


def test_what_is_the_same_on_both_sides_is_heard_once(tmp_path: Path) -> None:
    call = conversation(tmp_path, 8)
    left = decoded(call.sides[0], 16_000)
    for number, share in enumerate((1.0, 0.25, -1.0)):
        path = tmp_path / f"same-{number}.wav"
        write_channels(path, np.stack([left, share * left]), 16_000, "pcm_s16le")
        made, chunks = listened(path, separate=True)
        assert made.info.sides_alike
        assert made.streams == 1
        assert {one.chunk.channel for one in chunks} == {0}


def test_only_the_side_with_speech_has_chunks(tmp_path: Path) -> None:
    call = conversation(tmp_path, 4)
    right = decoded(call.sides[1], 16_000)
    path = tmp_path / "right.wav"
    write_channels(path, np.stack([np.zeros_like(right), right]), 16_000, "pcm_s16le")
    made, chunks = listened(path, separate=True)
    assert {one.chunk.channel for one in chunks} == {1}
    assert not made.info.sides_differ
    assert not any(one.original for one in chunks)


def test_one_channel_that_is_to_be_kept_separate_is_cut_as_ever(tmp_path: Path) -> None:
    side = conversation(tmp_path, 8).sides[0]
    made, chunks = listened(side, separate=True)
    _, expected = listened(side)
    assert [replace(one.chunk, channel=None) for one in chunks] == [o.chunk for o in expected]
    assert (made.streams, made.info.channels) == (1, 1)


def test_two_sides_are_heard_alike_in_processes_of_their_own(tmp_path: Path) -> None:
    call = conversation(tmp_path, 50, telephone=True)  # long enough for sections
    here, chunks = listened(call.both, separate=True)
    assert here.info.duration > 180_000
    for processors in (1, 2):
        alone = Listening(decoding, 10_000, 30_000, HOUR, own_process=0, processors=processors)
        there, others = listened(call.both, alone, separate=True)
        assert [one.chunk for one in others] == [one.chunk for one in chunks]
        for one, other in zip(chunks, others, strict=True):
            assert one.flac.path.read_bytes() == other.flac.path.read_bytes()
        assert there.info == here.info
        assert (there.streams, there.decoded, there.stated) == (2, here.decoded, here.stated)


def test_more_than_two_channels_are_refused_before_anything_is_heard(tmp_path: Path) -> None:
    path = tmp_path / "six.wav"
    many_channels(path, recording(1), 6)
    with pytest.raises(InvalidRequest, match="6 channels") as raised:
        listened(path, separate=True)
    assert raised.value.param == "channels"
