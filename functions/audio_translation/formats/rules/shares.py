"""The time of a segment, shared by the cues that its text is cut into."""

from collections.abc import Sequence


def shared(
    start: int, until: int, limit: float, ends: Sequence[int], needs: Sequence[int]
) -> list[int]:
    """Return when each cue's words begin, and when the last one's end, in milliseconds.

    ``ends`` are the cues' ends in columns: words take time in proportion to their lengths.
    ``needs`` are the least times of the cues. Where there is room for all of them from ``start`` to
    ``limit``, each cue has its need, at the cost of its neighbours.
    """
    each = (until - start) / ends[-1]
    times = [start, *(start + round(end * each) for end in ends[:-1]), until]
    if start + sum(needs) > limit:
        return times
    for number, need in enumerate(needs):
        times[number + 1] = max(times[number + 1], times[number] + need)
    if times[-1] > limit:
        times[-1] = int(limit)
        for number in range(len(needs) - 1, 0, -1):
            times[number] = min(times[number], times[number + 1] - needs[number])
    return times
