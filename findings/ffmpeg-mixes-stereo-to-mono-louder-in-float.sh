#!/usr/bin/env bash
# FFmpeg 8.1 in PyAV 18.1.0: the same stereo sound mixed down to mono is 3 dB louder if the samples
# asked for are float than if they are 16 or 32 bit integers, and may exceed full scale. The mixing
# matrix is 0.7071 for each side; it is normalized to 0.5 for integers only, whose full scale could
# not hold the sum. So changing nothing but the sample format changes levels and thresholds.
# aresample's rematrix_maxval=1.0 makes float sound as loud as the others.
# Seen, with a peak of 0.8 on both sides:
#   s16: 0.8, s32: 0.8, flt: 1.131, flt with rematrix_maxval=1.0: 0.8
# Exits non-zero if that changes.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check av==18.1.0
"$folder/venv/bin/python" - <<'PYTHON'
import math
import sys
from array import array
from fractions import Fraction

from av.audio.frame import AudioFrame
from av.filter import Graph

RATE = 16_000
SCALES = {"s16": ("h", 2**15), "s32": ("i", 2**31), "flt": ("f", 1)}


def peak(name, *before):
    graph = Graph()
    source = graph.add_abuffer(
        sample_rate=RATE, format="fltp", layout="stereo", time_base=Fraction(1, RATE)
    )
    filters = [graph.add(*each) for each in before]
    filters.append(graph.add("aformat", f"sample_fmts={name}:channel_layouts=mono"))
    filters.append(graph.add("abuffersink"))
    for following in filters:
        source.link_to(following)
        source = following
    graph.configure()
    frame = AudioFrame("fltp", "stereo", RATE)
    frame.sample_rate, frame.time_base = RATE, Fraction(1, RATE)
    tone = array("f", (0.8 * math.sin(n / 5) for n in range(RATE))).tobytes()
    for plane in frame.planes:
        plane.update(tone)
    graph.push(frame)
    graph.push(None)
    found = graph.pull()
    code, scale = SCALES[name]
    values = memoryview(found.planes[0]).cast("B").cast(code)[: found.samples]
    return round(max(map(abs, values)) / scale, 3)


found = {name: peak(name) for name in SCALES}
limited = peak("flt", ("aresample", "rematrix_maxval=1.0"))
print(", ".join(f"{name}: {value:g}" for name, value in found.items()), end="")
print(f", flt with rematrix_maxval=1.0: {limited:g}")
sys.exit(0 if (found, limited) == ({"s16": 0.8, "s32": 0.8, "flt": 1.131}, 0.8) else 1)
PYTHON
