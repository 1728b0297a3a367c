"""How long the chunks of a recording are meant to be. Times are integer milliseconds."""

from dataclasses import dataclass

_LEAST_TARGET = 60_000  # shorter chunks cost quality
_SHORT = 90_000  # audio up to here is one chunk
_LONG = 300_000  # audio from here on has short chunks at both ends
_FIRST = _LAST = 20_000
_SHARE = 24  # chunks that are translated at once in one recording
_SHARE_OF_REST = 12
"""While a chunk is translated, that much more of the rest is decoded and sent, or more."""


@dataclass(frozen=True)
class ChunkShape:
    """How long chunks are meant to be, by where they begin.

    Of a long recording the first ones are short, because the first answers tell how fast the
    provider is, and so are the last ones, because everybody waits for them.

    - ``longest``: the greatest target.
    - ``stated``: the duration that the audio's headers state; None if they do not. It may be wrong:
      beyond it, lengths are those of audio that states nothing.
    """

    longest: int
    stated: int | None = None

    def target(self, start: int) -> int:
        """Return the length to aim at for a chunk that begins at ``start``."""
        if self.stated is None or start > self.stated:
            return min(self.longest, max(_LEAST_TARGET, start // 8))
        if self.stated <= _SHORT:
            return min(self.longest, _SHORT)
        target = min(self.longest, max(_LEAST_TARGET, self.stated // _SHARE))
        if self.stated < _LONG:
            return target
        rest = (self.stated - start) // _SHARE_OF_REST
        return min(target, _FIRST + start, _LAST + rest)


@dataclass(frozen=True)
class EvenShape:
    """Chunks of one length."""

    length: int

    def target(self, start: int) -> int:  # noqa: ARG002
        """Return the length, wherever the chunk begins."""
        return self.length
