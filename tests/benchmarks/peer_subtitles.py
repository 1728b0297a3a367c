"""Other tools' cues of Whisper's segments; run in an environment of their own by subtitle_peers.py.

Reads Whisper's result from standard input (``segments`` with ``start``, ``end``, ``text`` and
``words`` with ``word``, ``start``, ``end``, ``probability``; seconds) and prints for each tool a
list of cues: start and end in seconds, text with line breaks.
"""

import importlib.abc
import importlib.machinery
import json
import re
import sys
from typing import Any
from unittest.mock import MagicMock

Cues = list[tuple[float, float, str]]


class _Unneeded(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Stands for gigabytes that stable-ts imports, and does not use to lay out text."""

    def find_spec(
        self, fullname: str, path: object = None, target: object = None
    ) -> importlib.machinery.ModuleSpec | None:
        wanted = fullname.partition(".")[0] in {"torch", "torchaudio", "whisper"}
        return importlib.machinery.ModuleSpec(fullname, self, is_package=True) if wanted else None

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> Any:
        return MagicMock(name=spec.name, __path__=[], __spec__=spec, __version__="0")

    def exec_module(self, module: object) -> None:
        pass


def main() -> None:
    result = json.load(sys.stdin)
    json.dump(
        {"whisper-ctranslate2": _whisper_ctranslate2(result), **_stable_ts(result)}, sys.stdout
    )


def _whisper_ctranslate2(result: dict[str, Any]) -> Cues:
    from src.whisper_ctranslate2.writers import WriteSRT  # type: ignore[import-not-found]

    options = {"max_line_width": 42, "max_line_count": 2}
    cues = WriteSRT("").iterate_result(result, options)
    return [(_seconds(start), _seconds(end), text) for start, end, text in cues]


def _stable_ts(result: dict[str, Any]) -> dict[str, Cues]:
    sys.meta_path.insert(0, _Unneeded())
    from stable_whisper import WhisperResult  # type: ignore[import-not-found]

    found = {}
    for name, rule in (("stable-ts", True), ("stable-ts, 42 characters", "da_sl=42")):
        laid_out = WhisperResult(json.loads(json.dumps(result)))
        laid_out.regroup(rule)
        found[name] = [(cue.start, cue.end, cue.text.strip()) for cue in laid_out.segments]
    return found


def _seconds(time: str) -> float:
    hours, minutes, seconds = map(float, re.sub(",", ".", time).split(":"))
    return 3600 * hours + 60 * minutes + seconds


if __name__ == "__main__":
    main()
