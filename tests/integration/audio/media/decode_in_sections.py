"""``python -m tests.integration.audio.media.decode_in_sections FILE SECONDS TO [BYTES [ERROR]]``.

Decodes by sections, in a process of its own, because it forks. Prints what is known of the file,
and how it was decoded; the samples are written to ``TO``. All processes may take so many ``BYTES``.
With ``ERROR``, each of them fails with it.
"""

import json
import sys
from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import asdict
from pathlib import Path
from unittest import mock

from audio_translation.audio.media import section_process, sections
from audio_translation.audio.media.media_file import MOST_MEMORY
from audio_translation.deadline import Deadline
from audio_translation.errors import UnsupportedAudio
from tests.audio.long_files import RATE


def main(file: str, seconds: str, to: str, memory: str = str(MOST_MEMORY), error: str = "") -> None:
    path, deadline = Path(file), Deadline.after(60)
    decoder = sections.SectionDecoder(2)
    number = decoder.tracks(path, wish=None, source=None, deadline=deadline)[0]
    rest: list[tuple[int, int]] = []
    in_one_go = sections.SectionedSound._in_one_go

    def noted(self: sections.SectionedSound, begin: int, at: int) -> object:
        rest.append((begin, at))
        return in_one_go(self, begin, at)

    with (
        mock.patch.object(sections, "_LENGTH", int(seconds) * RATE),
        mock.patch.object(sections, "MOST_MEMORY", int(memory)),
        mock.patch.object(section_process, "messages", failing(error)) if error else nullcontext(),
        mock.patch.object(sections.SectionedSound, "_in_one_go", noted),
        decoder.sound(path, track=number, max_duration=3_600_000, deadline=deadline) as sound,
        Path(to).open("wb") as output,
    ):
        for block in sound.blocks():
            output.write(bytes(4 * block) if isinstance(block, int) else block)
    by_sections = isinstance(sound, sections.SectionedSound)
    told = {"info": asdict(sound.info), "by_sections": by_sections, "rest": rest}
    sys.stdout.write(json.dumps(told))


def failing(error: str) -> Callable[..., object]:
    def messages(*_: object) -> object:
        raise UnsupportedAudio(error)

    return messages


if __name__ == "__main__":
    main(*sys.argv[1:])
