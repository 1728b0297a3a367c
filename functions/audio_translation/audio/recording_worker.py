"""The other end of ``recording_process``: what runs in a process of its own."""

import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

from audio_translation.audio.arriving_file import size_of
from audio_translation.audio.audio_file import Audio, AudioType
from audio_translation.audio.media.sections import SectionDecoder
from audio_translation.audio.recording import Listening, Recording
from audio_translation.deadline import Deadline
from audio_translation.errors import Internal, ServiceError


def main() -> None:
    """Do what the first line of standard input says."""
    request = json.loads(sys.stdin.readline())
    path = Path(request["path"])
    audio = Audio(path, AudioType(**request["type"]), size_of(path))
    recording = Recording(
        audio,
        Listening(SectionDecoder(request["processors"]), **request["listening"]),
        Path(request["folder"]),
        track=request["track"],
        source=request["source"],
        separate=request["separate"],
    )
    try:
        for made in recording.chunks(Deadline.after(request["seconds"])):
            sys.stdin.readline()
            _say(
                chunk=asdict(made.chunk),
                flac=str(made.flac.path),
                size=made.flac.size,
                range=made.range,
                original=made.original is not None,
                **_progress(recording),
            )
        _say(info=asdict(recording.info), **_progress(recording))
    except ServiceError as error:
        _say(error=type(error).__name__, message=error.message, param=error.param)
    except Exception as error:  # noqa: BLE001  no fault of the file, whose faults have names
        name = type(error).__name__
        _say(error=Internal.__name__, message=f"Decoding failed: {name}.", param=None)


def _progress(recording: Recording) -> dict[str, Any]:
    return {name: getattr(recording, name) for name in ("decoded", "stated", "speech", "streams")}


def _say(**message: Any) -> None:
    print(json.dumps(message), flush=True)  # noqa: T201  this is how the two talk


if __name__ == "__main__":
    main()
