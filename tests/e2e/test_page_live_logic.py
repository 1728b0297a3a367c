"""Where the page cuts speech, and how it sends what it cut: its modules in Node, without a page."""

import os
import subprocess
from pathlib import Path

import numpy as np
import pytest

from local import REPOSITORY
from tests.audio.conversation import Samples, decoded
from tests.audio.recordings import ALL, recordings

NODE = REPOSITORY / ".venv-node" / "bin" / "node"
FOLDER = REPOSITORY / "tests" / "browser"
RATE = 16_000
FRAME = RATE // 50


@pytest.fixture(scope="module")
def speech(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with all recordings as raw samples, without silence at both ends."""
    folder = tmp_path_factory.mktemp("speech")
    for one in recordings(manifest=ALL):
        spoken(decoded(one.path, RATE)).tofile(folder / f"{one.language}-{one.path.stem}.f32")
    return folder


def spoken(samples: Samples) -> Samples:
    """Return what lies between the first and the last sound of speech."""
    frames = samples[: len(samples) // FRAME * FRAME].reshape(-1, FRAME)
    levels = 10 * np.log10((frames**2).mean(axis=1) + 1e-12)
    loud = np.flatnonzero(levels > np.percentile(levels, 95) - 30)
    return samples[loud[0] * FRAME : (loud[-1] + 1) * FRAME]


@pytest.mark.parametrize("tests", ["live-cutter", "live-queue"])
def test_the_modules_of_live_captions_pass_their_tests_in_node(tests: str, speech: Path) -> None:
    ran = subprocess.run(
        [NODE, "--test", "--test-reporter=spec", FOLDER / f"{tests}.test.mjs"],
        env={**os.environ, "SPEECH": str(speech)},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert "pass 0" not in ran.stdout
