"""Names of speakers, in place of labels that ``line_up`` has made one set."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from audio_translation.transcript import Translation
from audio_translation.translation.engine import Task
from audio_translation.translation.fields.speakers import MOST
from audio_translation.translation.stitching import Part

NOT_LINKED = (
    "Who speaks is not told: the job failed before it was found out which voices of its parts are"
    " the same."
)


def without_labels(parts: Sequence[Part]) -> list[Part]:
    """Return parts whose labels nobody has linked, without them."""
    return [
        replace(
            part,
            translation=replace(
                part.translation,
                segments=tuple(replace(s, speaker=None) for s in part.translation.segments),
            ),
        )
        for part in parts
    ]


def named(whole: Translation, task: Task) -> Translation:
    """Return the whole translation with names in place of labels that mean the same everywhere.

    The names are in the order in which the speakers first speak. Of more speakers than were asked
    for, those who speak least have no name.
    """
    if task.speakers is None:
        return whole
    times: Counter[str] = Counter()
    for segment in whole.segments:
        if segment.speaker is not None:
            times[segment.speaker] += max(1, segment.end - segment.start)
    kept = {label for label, _ in times.most_common(task.speakers or MOST)}
    order = [label for label in dict.fromkeys(s.speaker for s in whole.segments) if label in kept]
    names = {
        label: task.speaker_names[number]
        if number < len(task.speaker_names)
        else f"Speaker {number + 1}"
        for number, label in enumerate(order)
    }
    segments = tuple(
        replace(segment, speaker=names.get(segment.speaker or "")) for segment in whole.segments
    )
    told = replace(whole, segments=segments)
    return replace(told, warnings=(*whole.warnings, *_about(told, task, len(times))))


def _about(whole: Translation, task: Task, heard: int) -> list[str]:
    """Return what a reader has to know of the speakers; ``heard`` is how many there were."""
    found = []
    if whole.segments and heard < (task.speakers or 0):
        found.append(f"Of {task.speakers} speakers only {heard} could be told apart.")
    nameless = sum(segment.speaker is None for segment in whole.segments)
    if nameless:
        more = f": {heard} voices were heard" if heard > (task.speakers or heard) else ""
        found.append(f"{nameless} of {len(whole.segments)} segments tell no speaker{more}.")
    return found
