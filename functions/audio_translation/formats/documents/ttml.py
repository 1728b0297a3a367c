"""``ttml``: Timed Text, one document that is both EBU-TT-D and W3C's IMSC text profile.

EBU-TT-D is the smaller of the two, so it decides: a span for each line, an id for each cue, styles
by reference, colours as hex numbers, no profile at the root but two standards in the metadata.
Source: EBU Tech 3380; W3C, IMSC Text Profile, "Compatibility with other TTML-based specifications".
"""

import re
from collections.abc import Iterator
from html import escape

from audio_translation.formats.rules.layout_rules import Rules
from audio_translation.formats.timestamp import timestamp
from audio_translation.formats.two_sides import cues_of, with_names
from audio_translation.formats.writing.direction import runs_from_right
from audio_translation.languages import code_named
from audio_translation.transcript import Translation

# Sizes: a cell is 1/15 of the picture's height, so that 42 columns take two thirds of its width.
_HEAD = """<?xml version="1.0" encoding="UTF-8"?>
<tt xmlns="http://www.w3.org/ns/ttml" xmlns:ttp="http://www.w3.org/ns/ttml#parameter"
 xmlns:tts="http://www.w3.org/ns/ttml#styling" xmlns:ebuttm="urn:ebu:tt:metadata"
 xmlns:ebutts="urn:ebu:tt:style" xml:lang="{language}" ttp:timeBase="media"
 ttp:cellResolution="32 15">
<head>
<metadata>
<ebuttm:documentMetadata>
<ebuttm:conformsToStandard>urn:ebu:tt:distribution:2014-01</ebuttm:conformsToStandard>
<ebuttm:conformsToStandard>http://www.w3.org/ns/ttml/profile/imsc1/text\
</ebuttm:conformsToStandard>
</ebuttm:documentMetadata>
</metadata>
<styling>
<style xml:id="cue" tts:fontFamily="proportionalSansSerif" tts:fontSize="80%"\
 tts:lineHeight="125%" tts:textAlign="center" ebutts:linePadding="0.5c"/>
<style xml:id="line" tts:color="#ffffff" tts:backgroundColor="#000000c0"/>
<style xml:id="fromRight" tts:direction="rtl" tts:unicodeBidi="embed"/>
</styling>
<layout>
<region xml:id="bottom" tts:origin="10% 10%" tts:extent="80% 80%" tts:displayAlign="after"/>
</layout>
</head>
"""
_NO_CHARACTER = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What XML cannot hold, not even escaped. Source: XML 1.0, ``Char``."""


def ttml(translation: Translation, rules: Rules) -> str:
    """Return EBU-TT-D; a document without speech has no body."""
    language = escape(translation.tag or code_named(translation.language) or "")
    cues = "".join(_cues(translation, rules))
    body = f'<body>\n<div style="cue" region="bottom">\n{cues}</div>\n</body>\n' if cues else ""
    return f"{_HEAD.format(language=language)}{body}</tt>\n"


def _cues(translation: Translation, rules: Rules) -> Iterator[str]:
    cues = with_names(cues_of(translation, rules, braces_hide=False), rules)
    for number, cue in enumerate(cues, start=1):
        begin, end = (timestamp(time, ".") for time in (cue.start, cue.end))
        spans = "<br/>".join(map(_span, cue.lines))
        yield f'<p xml:id="cue{number}" begin="{begin}" end="{end}">{spans}</p>\n'


def _span(line: str) -> str:
    """Return a line; one from right to left says so twice, because some players know no style."""
    style = "line fromRight" if runs_from_right(line) else "line"
    text = escape(_NO_CHARACTER.sub("\ufffd", line), quote=False)
    return f'<span style="{style}">{text}</span>'
