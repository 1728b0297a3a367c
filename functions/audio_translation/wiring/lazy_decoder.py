"""The decoder, imported when it is first used: a start needs no FFmpeg."""

from collections.abc import Iterable
from contextlib import AbstractContextManager
from pathlib import Path

from audio_translation.audio.audio_file import Audio
from audio_translation.audio.decoder import Sound
from audio_translation.deadline import Deadline


class LazyDecoder:
    """``Decoder`` around ``audio.media.decoding``."""

    @staticmethod
    def import_now() -> None:
        """Import it, while nobody waits."""
        import audio_translation.audio.media.decoding  # noqa: F401

    def tracks(
        self, path: Path, *, wish: str | None, source: str | None, deadline: Deadline
    ) -> list[int]:
        """See ``decoding.tracks``."""
        from audio_translation.audio.media import decoding

        return decoding.tracks(path, wish=wish, source=source, deadline=deadline)

    def sound(
        self,
        path: Path,
        *,
        track: int,
        max_duration: int,
        deadline: Deadline,
        channel: int | None = None,
    ) -> AbstractContextManager[Sound]:
        """See ``decoding.sound``."""
        from audio_translation.audio.media import decoding

        return decoding.sound(
            path, track=track, max_duration=max_duration, deadline=deadline, channel=channel
        )

    def encoded(self, samples: Iterable[bytes], to: Path, *, gain: float) -> Audio:
        """See ``decoding.encoded``."""
        from audio_translation.audio.media import decoding

        return decoding.encoded(samples, to, gain=gain)

    def cut_chunk(self, chunk: Path, start: int, end: int, to: Path) -> Audio:
        """See ``decoding.cut_chunk``."""
        from audio_translation.audio.media import decoding

        return decoding.cut_chunk(chunk, start, end, to)
