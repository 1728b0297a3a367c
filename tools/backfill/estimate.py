"""What is in a bucket, and about what its translation costs."""

from collections import Counter
from collections.abc import Iterable, Iterator

from tools.backfill.file_names import KBITS, UNNAMED_KBITS, extension, hours
from tools.backfill.find_recordings import Object, State

_EXAMPLES = 5
_NOTES = {
    State.FAILED: "RETRY=1 queues them, too",
    State.ARCHIVED: "not readable before they are restored",
    State.TOO_LONG: "no room for the translation's key",
}


class Estimate:
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
        for state, found in states:
            self._states[state] += 1
            of_key = extension(found.key)
            if state in self.queued:
                self._recordings[of_key] += 1
                self._bytes[of_key] += found.size
            elif state is State.OTHER and len(self._other_extensions) < _EXAMPLES and of_key:
                self._other_extensions.add(f".{of_key}")

    @property
    def looked_at(self) -> int:
        return self._states.total()

    @property
    def recordings(self) -> int:
        """How many are to be queued."""
        return self._recordings.total()

    @property
    def hours(self) -> float:
        """About how long they last."""
        return sum(hours(of_key, size) for of_key, size in self._bytes.items())

    @property
    def dollars(self) -> float:
        """About what the provider asks for them."""
        return self.hours * 60 * self._price

    def lines(self) -> Iterator[str]:
        """Say it."""
        for state in State:
            count = self._states[state]
            if count or state in (State.UNTRANSLATED, State.TRANSLATED):
                note = self._note(state)
                yield f"{count:>11,}  {state}" + (f" ({note})" if note else "")
        if not self.recordings:
            return
        yield "To be queued, with lengths guessed from sizes:"
        for of_key, count in self._recordings.most_common():
            size, name = self._bytes[of_key], f".{of_key}" if of_key else "no extension"
            rate = KBITS.get(of_key, UNNAMED_KBITS)
            yield (
                f"{count:>11,}  {name}, {_bytes(size)},"
                f" about {_hours(hours(of_key, size))} at {rate:g} kbit/s"
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
