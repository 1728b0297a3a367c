"""Frames that follow each other, as one: a few large frames cost less than many small ones."""

from fractions import Fraction

from av.audio.fifo import AudioFifo
from av.audio.frame import AudioFrame

_ROUNDED = 0.002  # seconds; containers round times to milliseconds


class FrameBatch:
    """Frames of one kind.

    ``seconds`` is how long they are together, ``time`` when the first one says that it begins, in
    seconds; None if it says nothing.
    """

    def __init__(self) -> None:
        self.seconds = 0.0
        self.time: Fraction | None = None
        self._end = 0.0  # seconds; when the next frame should begin
        self._fifo: AudioFifo | None = None
        self._kind: tuple[str, str, int] | None = None

    def is_followed_by(self, frame: AudioFrame, *, timed: bool) -> bool:
        """Return whether a frame may be added; with ``timed``, its time must be right, too."""
        if self._fifo is None:
            return True
        apart = frame.time - self._end if timed and frame.time is not None else 0.0
        return abs(apart) <= _ROUNDED and self._kind == _kind(frame)

    def add(self, frame: AudioFrame) -> None:
        """Take a frame, which loses its time; raises MemoryError."""
        if self._fifo is None:
            self._fifo, self._kind = AudioFifo(), _kind(frame)
            self.time = time_of(frame)
            self._end = frame.time or 0.0
        seconds = frame.samples / frame.sample_rate
        self.seconds += seconds
        self._end += seconds
        frame.pts = None
        try:
            self._fifo.write(frame)
        except RuntimeError as error:  # which PyAV raises where there is no memory for it
            raise MemoryError from error

    def taken(self) -> AudioFrame | None:
        """Return all frames as one, None if there are none; then the batch is empty."""
        frame = self._fifo.read() if self._fifo else None
        self._fifo = self.time = None
        self.seconds = 0.0
        return frame


def time_of(frame: AudioFrame) -> Fraction | None:
    """Return when a frame says that it begins, in seconds."""
    if frame.pts is None or frame.time_base is None:
        return None
    return frame.pts * frame.time_base


def _kind(frame: AudioFrame) -> tuple[str, str, int]:
    return frame.format.name, frame.layout.name, frame.sample_rate
