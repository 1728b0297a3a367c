"""``python -m tests.benchmarks.subtitle_peers``: our cues beside those of other tools.

Whisper base hears twelve minutes of recordings of people, with the times of words. Of the same
segments and words there are cues by us, faster-whisper's own segments, whisper-ctranslate2 with
``--max_line_width 42 --max_line_count 2``, and stable-ts. All are judged by Netflix's rules.
"""

import json
import os
import subprocess
import tempfile
import venv
from pathlib import Path
from typing import Any

from faster_whisper import WhisperModel  # type: ignore[import-untyped]

from audio_translation.formats.cues import Cue, lay_out
from audio_translation.formats.rules.styles import Style, rules_of
from audio_translation.transcript import Segment
from local.provider.whisper_weights import model_to_load
from tests.audio.long_files import LANGUAGES, write_all_recordings
from tests.benchmarks.subtitles import Count, judged, new_counts, print_head, print_row

PEERS = ("stable-ts==2.19.1", "whisper-ctranslate2==0.5.8", "numpy==2.3.5", "tqdm==4.67.1")
_MINUTES_EACH = 3
_RULES = rules_of(Style.NETFLIX, "english")


def main() -> None:
    found: dict[str, dict[str, Count]] = {}
    with tempfile.TemporaryDirectory() as name:
        python = _environment(Path(name))
        model = WhisperModel(
            model_to_load(os.environ),
            device="cpu",
            compute_type="int8",
            cpu_threads=1,
            num_workers=2,
        )
        for language in LANGUAGES:
            for tool, cues in _of_tools(_heard(model, Path(name), language), python).items():
                counts = found.setdefault(tool, new_counts())
                for _ in judged(cues, _RULES, "english", counts):
                    pass
    print_head("tool")
    for tool, counts in found.items():
        print_row(tool, counts)


def _environment(folder: Path) -> Path:
    """Return a Python that has the other tools, without what they do not need to lay out text."""
    venv.create(folder / "peers", with_pip=True)
    python = folder / "peers" / "bin" / "python"
    pip = [str(python), "-m", "pip", "install", "--quiet", "--no-deps"]
    subprocess.run([*pip, *PEERS], check=True, stderr=subprocess.DEVNULL)
    return python


def _heard(model: WhisperModel, folder: Path, language: str) -> dict[str, Any]:
    """Return Whisper's segments and words of some minutes of recordings, in English."""
    audio = folder / f"{language}.mp3"
    write_all_recordings(_MINUTES_EACH, audio, language)
    segments, _ = model.transcribe(
        str(audio),
        task="translate",
        vad_filter=True,
        condition_on_previous_text=False,
        word_timestamps=True,
    )
    shown = [
        {
            "id": number,
            "start": segment.start,
            "end": segment.end,
            "text": segment.text,
            "words": [
                {
                    "word": word.word,
                    "start": float(word.start),
                    "end": float(word.end),
                    "probability": float(word.probability),
                }
                for word in segment.words
            ],
        }
        for number, segment in enumerate(segments)
    ]
    return {"language": "en", "text": "", "segments": shown}


def _of_tools(result: dict[str, Any], python: Path) -> dict[str, list[Cue]]:
    """Return the cues of all tools, ours first."""
    segments = [
        Segment(round(1000 * one["start"]), round(1000 * one["end"]), one["text"].strip())
        for one in result["segments"]
    ]
    script = Path(__file__).with_name("peer_subtitles.py")
    peers = subprocess.run(
        [python, script], input=json.dumps(result), capture_output=True, text=True, check=True
    )
    return {
        "ours": lay_out(segments, "english", _RULES),
        "faster-whisper": [Cue(one.start, one.end, (one.text,)) for one in segments],
        **{
            tool: [
                Cue(round(1000 * start), round(1000 * end), tuple(text.split("\n")))
                for start, end, text in cues
            ]
            for tool, cues in json.loads(peers.stdout).items()
        },
    }


if __name__ == "__main__":
    main()
