"""The decoder is imported when it is used, and is the decoder."""

import subprocess
import sys
from pathlib import Path

from audio_translation.audio.media import decoding
from audio_translation.deadline import Deadline
from audio_translation.wiring.lazy_decoder import LazyDecoder
from tests.audio.tones import recording


def test_it_decodes_encodes_and_cuts_as_the_decoder_itself(tmp_path: Path) -> None:
    path = tmp_path / "source.wav"
    path.write_bytes(recording(1))
    made = []
    for name, decoder in (("lazy", LazyDecoder()), ("plain", decoding)):
        deadline = Deadline.after(30)
        (number,) = decoder.tracks(path, wish=None, source=None, deadline=deadline)
        with decoder.sound(path, track=number, max_duration=60_000, deadline=deadline) as sound:
            blocks = [b for b in sound.blocks() if isinstance(b, bytes)]
        whole = decoder.encoded(blocks, tmp_path / f"{name}.flac", gain=1.0)
        part = decoder.cut_chunk(whole.path, 100, 300, tmp_path / f"{name}-part.flac")
        made.append((sound.info, whole.path.read_bytes(), part.path.read_bytes()))
    assert made[0] == made[1]


def test_ffmpeg_is_not_imported_before() -> None:
    program = (
        "import sys; from audio_translation.wiring.lazy_decoder import LazyDecoder; LazyDecoder();"
        "assert 'av' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", program], check=True, timeout=60)
