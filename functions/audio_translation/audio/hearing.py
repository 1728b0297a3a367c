"""The latest sound of a track that is being decoded, and the speech that is found in it."""

from collections import deque
from collections.abc import Iterator

from audio_translation.audio.chunk_plan import MARGIN
from audio_translation.audio.levels import RATE, LevelMeter
from audio_translation.audio.speech import Span, SpeechDetector

_FAINT = -45  # dBFS; sound that is nowhere louder is raised
_RAISED = -25  # dBFS; to this level, which leaves room for its peaks
_KEPT_BEGINNING = 2_000  # milliseconds that are kept for audio that is one chunk


class Hearing:
    """What lies in memory is the sound that a chunk may still be made of."""

    def __init__(self, faintest: int) -> None:
        self.detector = SpeechDetector(faintest)
        self._meter = LevelMeter()
        self._blocks: deque[tuple[int, bytes | int]] = deque()  # number of the first sample, block
        self._end = 0  # samples

    @property
    def until(self) -> int:
        """Milliseconds that are heard so far."""
        return self._end * 1000 // RATE

    def add(self, block: bytes | int) -> list[Span]:
        """Take the next sound; return the spans that are now certain."""
        self._blocks.append((self._end, block))
        self._end += block if isinstance(block, int) else len(block) // 4
        meter = self._meter
        return self.detector.add(
            meter.silence(block) if isinstance(block, int) else meter.add(block)
        )

    def end(self, duration: int) -> list[Span]:
        """Return the last spans."""
        return [*self.detector.add(self._meter.end()), *self.detector.end(duration)]

    def forget(self, begins: int | None) -> None:
        """Drop the sound before ``begins``, or before what is undecided; keep a short beginning."""
        time = self.detector.decided - 2 * MARGIN
        if begins is not None:
            time = min(time, begins)
        first = time * RATE // 1000
        while self._blocks and time > _KEPT_BEGINNING:
            at, block = self._blocks[0]
            if at + (block if isinstance(block, int) else len(block) // 4) > first:
                return
            self._blocks.popleft()

    def samples(self, start: int, end: int) -> Iterator[bytes]:
        """Yield the samples from ``start`` to ``end`` milliseconds."""
        first, after = start * RATE // 1000, min(end * RATE // 1000, self._end)
        for at, block in self._blocks:
            length = block if isinstance(block, int) else len(block) // 4
            begin, stop = max(first, at), min(after, at + length)
            if begin >= stop:
                continue
            if isinstance(block, int):
                yield bytes(4 * (stop - begin))
            else:
                yield block[4 * (begin - at) : 4 * (stop - at)]

    def gain(self, start: int, end: int) -> float:
        """Return the factor that makes faint sound loud enough for 16 bits; 1 for all other."""
        loudest = self.detector.loudest(start, end)
        return 10 ** ((_RAISED - loudest) / 20) if loudest < _FAINT else 1.0
