"""Counts what is in a bucket, and estimates what the translation of its recordings costs."""

from collections import Counter
from collections.abc import Iterable, Iterator

from tools.backfill.bucket_listing import Object
from tools.backfill.extension_bitrates import KBITS, KBITS_WITHOUT_EXTENSION, extension, hours
from tools.backfill.find_untranslated import State

_EXAMPLES = 5
_NOTES = {
    State.FAILED: "RETRY=1 queues them, too",
    State.ARCHIVED: "not readable before they are restored",
    State.TOO_LONG: "no room for the translation's key",
}


class CostEstimate:
    """Counts objects by state, and the recordings to be queued by extension."""

    def __init__(self, *, retry: bool, price_per_minute: float) -> None:
        """``retry``: recordings that failed before are queued as well. The price is in dollars."""
        self.queued = {State.UNTRANSLATED, State.FAILED} if retry else {State.UNTRANSLATED}
        self._price = price_per_minute
        self._states: Counter[State] = Counter()
        self._recordings: Counter[str] = Counter()
        self._bytes: Counter[str] = Counter()
        self._other_extensions: set[str] = set()

    def add(self, states: Iterable[tuple[State, Object]]) -> None:
        """Count some objects."""
        for state, found in states:
            self._states[state] += 1
            suffix = extension(found.key)
            if state in self.queued:
                self._recordings[suffix] += 1
                self._bytes[suffix] += found.size
            elif state is State.OTHER and len(self._other_extensions) < _EXAMPLES and suffix:
                self._other_extensions.add(f".{suffix}")

    @property
    def looked_at(self) -> int:
        """How many objects were counted."""
        return self._states.total()

    @property
    def recordings(self) -> int:
        """How many are to be queued."""
        return self._recordings.total()

    @property
    def hours(self) -> float:
        """About how long the recordings to be queued last."""
        return sum(hours(suffix, size) for suffix, size in self._bytes.items())

    @property
    def dollars(self) -> float:
        """About what the provider charges for them."""
        return self.hours * 60 * self._price

    def lines(self) -> Iterator[str]:
        """Yield the lines that an operator sees."""
        for state in State:
            count = self._states[state]
            if count or state in (State.UNTRANSLATED, State.TRANSLATED):
                note = self._note(state)
                yield f"{count:>11,}  {state}" + (f" ({note})" if note else "")
        if not self.recordings:
            return
        yield "To be queued, with lengths guessed from sizes:"
        for suffix, count in self._recordings.most_common():
            size, name = self._bytes[suffix], f".{suffix}" if suffix else "no extension"
            rate = KBITS.get(suffix, KBITS_WITHOUT_EXTENSION)
            yield (
                f"{count:>11,}  {name}, {_bytes(size)},"
                f" about {_hours(hours(suffix, size))} at {rate:g} kbit/s"
            )
        yield (
            f"{self.recordings:,} recordings, {_bytes(self._bytes.total())},"
            f" about {_hours(self.hours)} of audio:"
            f" about ${self.dollars:,.2f} at ${self._price:g} a minute."
        )

    def _note(self, state: State) -> str:
        if state is State.OTHER:
            return ", ".join(sorted(self._other_extensions))
        return "" if state in self.queued else _NOTES.get(state, "")


def _bytes(size: int) -> str:
    for unit, power in (("TB", 12), ("GB", 9), ("MB", 6)):
        if size >= 10**power:
            return f"{size / 10**power:,.1f} {unit}"
    return f"{size / 1000:,.1f} kB"


def _hours(length: float) -> str:
    if length >= 10:
        return f"{length:,.0f} h"
    return f"{length:.1f} h" if length >= 1 else f"{length * 60:.0f} min"
