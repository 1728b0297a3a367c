"""The decoder is imported when it is used, and is the decoder."""

import subprocess
import sys
from pathlib import Path

from audio_translation.audio import decoding
from audio_translation.deadline import Deadline
from audio_translation.wiring.lazy_decoder import LazyDecoder
from tests.audio.tones import recording


def test_it_decodes_and_cuts_as_the_decoder_itself(tmp_path: Path) -> None:
    path = tmp_path / "source.wav"
    path.write_bytes(recording(1))
    ours, plain = tmp_path / "ours", tmp_path / "plain"
    ours.mkdir()
    plain.mkdir()
    deadline = Deadline.after(30)
    lazy = LazyDecoder()
    decoded = lazy.decode(path, ours, max_duration=60_000, deadline=deadline)
    expected = decoding.decode(path, plain, max_duration=60_000, deadline=deadline)
    assert decoded.info == expected.info
    assert decoded.pcm.read_bytes() == expected.pcm.read_bytes()
    cut = lazy.cut(decoded.pcm, 100, 900, ours / "cut.flac")
    assert (
        cut.path.read_bytes()
        == decoding.cut(expected.pcm, 100, 900, plain / "cut.flac").path.read_bytes()
    )
    part = lazy.cut_chunk(cut.path, 100, 300, ours / "part.flac")
    assert (
        part.path.read_bytes()
        == decoding.cut_chunk(cut.path, 100, 300, plain / "part.flac").path.read_bytes()
    )


def test_ffmpeg_is_not_imported_before() -> None:
    program = (
        "import sys; from audio_translation.wiring.lazy_decoder import LazyDecoder; LazyDecoder();"
        "assert 'av' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", program], check=True, timeout=60)
