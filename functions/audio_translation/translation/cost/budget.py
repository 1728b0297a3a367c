"""What one run has cost, and may cost: asked before each call to the provider.

Money is in dollars, audio in milliseconds. Calls that are under way count as paid.
"""

import threading
from dataclasses import dataclass, field

from audio_translation.errors import CostLimitExceeded
from audio_translation.transcript import clock

_EXACT = 1e-9
"""Dollars by which sums of prices may be off."""


@dataclass(frozen=True)
class Bound:
    """How much a run may pay.

    ``advice``: sentences for the caller that name the bound and say what to do. ``param``: the
    request's field that it comes from, if it is one.
    """

    dollars: float
    advice: str
    param: str | None = None


@dataclass
class Budget:
    """The money of one run; safe to use from several threads.

    - ``a_minute``: the price of a minute of audio; rises if a dearer model serves.
    - ``bounds``: none of them is exceeded.
    - ``before``: what earlier runs have paid, for the same audio or the same live session.
    - ``paid``: by this run.
    """

    a_minute: float = 0.0
    bounds: tuple[Bound, ...] = ()
    before: float = 0.0
    paid: float = 0.0
    _first: float = 0.0
    """Of ``paid``, that of chunks which are asked for the first time."""
    _whole: float = 0.0
    """The price of all of the audio, as far as its duration is known."""
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def begin(self) -> None:
        """Raise CostLimitExceeded if nothing may be paid."""
        if self.a_minute:
            self._check(_EXACT * 2, "Nothing is paid any more.")

    def expect(self, duration: int) -> None:
        """Take note of the duration that the file states; raises CostLimitExceeded.

        Each second is paid once, silence included: what is silent is not known yet.
        """
        self._whole = self._price(duration)
        told = f"This audio may cost {_dollars(self._whole)}: {clock(duration)} of it, at"
        self._check(self._whole - self.before, f"{told} ${self.a_minute:g} a minute.")

    def reserve(self, length: int) -> float:
        """Pay for a chunk that is asked for the first time; return its price.

        Raises CostLimitExceeded.
        """
        with self._lock:
            price = self._price(length)
            total = self.before + self.paid + price
            self._check(self.paid + price, f"This audio costs {_dollars(total)} or more.")
            self.paid += price
            self._first += price
            return price

    def reserve_again(self, length: int) -> float:
        """Pay for a further call about the same; return its price.

        Raises CostLimitExceeded where that would take what the rest of the audio needs.
        """
        with self._lock:
            price = self._price(length)
            rest = max(0.0, self._whole - self.before - self._first)
            self._check(self.paid + rest + price, "Nothing more is asked for again.")
            self.paid += price
            return price

    def settle(self, length: int, reserved: float, dollars: float, *, again: bool) -> None:
        """Put what a call about so much audio has cost in the place of what was reserved."""
        with self._lock:
            self.paid += dollars - reserved
            if not again:
                self._first += dollars - reserved
            if length:
                self.a_minute = max(self.a_minute, dollars / length * 60_000)

    def _price(self, length: int) -> float:
        return length / 60_000 * self.a_minute

    def _check(self, dollars: float, told: str) -> None:
        for bound in self.bounds:
            if dollars > bound.dollars + _EXACT:
                raise CostLimitExceeded(f"{told} {bound.advice}", param=bound.param)


def _dollars(amount: float) -> str:
    """Return an amount as people write it; of little money, the first digits that count."""
    return f"${amount:.2f}" if amount >= 1 else f"${amount:.2g}"
