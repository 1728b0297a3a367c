"""The decoder, imported when it is first used: few requests need FFmpeg, and a start none."""

from pathlib import Path

from audio_translation.audio.audio_file import Audio
from audio_translation.audio.decoder import Decoded
from audio_translation.deadline import Deadline


class LazyDecoder:
    """``Decoder`` around ``audio.decoding``."""

    def decode(self, path: Path, folder: Path, *, max_duration: int, deadline: Deadline) -> Decoded:
        """See ``decoding.decode``."""
        from audio_translation.audio import decoding

        return decoding.decode(path, folder, max_duration=max_duration, deadline=deadline)

    def cut(self, pcm: Path, start: int, end: int, to: Path) -> Audio:
        """See ``decoding.cut``."""
        from audio_translation.audio import decoding

        return decoding.cut(pcm, start, end, to)

    def cut_chunk(self, chunk: Path, start: int, end: int, to: Path) -> Audio:
        """See ``decoding.cut_chunk``."""
        from audio_translation.audio import decoding

        return decoding.cut_chunk(chunk, start, end, to)
