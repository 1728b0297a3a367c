#!/usr/bin/env bash
# ttconv 1.2.3: its writer of WebVTT puts the text of an IMSC document into cues as it is. WebVTT has
# tags and escapes of its own, as XML does, so `<`, `>` and `&` in what was said have to be written as
# `&lt;`, `&gt;` and `&amp;`; what the XML of the document escaped is markup to every reader of the
# result. A reader (webvtt-py 0.5.1) then drops words: all that stands between `<` and `>`.
# Seen:
#   said: if a < b and b > c, go left & right
#   read: if a  c, go left & right
# Exits non-zero if that changes.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check ttconv==1.2.3 webvtt-py==0.5.1
"$folder/venv/bin/python" - <<'PYTHON'
import sys
import xml.etree.ElementTree as et

import ttconv.imsc.reader
import ttconv.vtt.writer
import webvtt

SAID = "if a < b and b > c, go left & right"
document = et.Element("{http://www.w3.org/ns/ttml}tt", {"{http://www.w3.org/XML/1998/namespace}lang": "en"})
parent = document
for name in ("body", "div"):
    parent = et.SubElement(parent, f"{{http://www.w3.org/ns/ttml}}{name}")
et.SubElement(parent, "{http://www.w3.org/ns/ttml}p", begin="1s", end="3s").text = SAID
subtitles = ttconv.vtt.writer.from_model(ttconv.imsc.reader.to_model(et.ElementTree(document)))
(cue,) = webvtt.from_string(subtitles)
print("said:", SAID)
print("read:", cue.text)
sys.exit(0 if SAID in subtitles and cue.text == "if a  c, go left & right" else 1)
PYTHON
