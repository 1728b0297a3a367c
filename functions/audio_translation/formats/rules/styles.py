"""The styles of subtitles: published guides as rules, by the language of the text.

- ``default``: what this service has always done. 42 columns are 21 wide signs.
- ``netflix``: Timed Text Style Guides, General Requirements (5/6 s to 7 s, two lines, two frames
  between subtitles, gaps of less than half a second closed), and those of languages: English 42
  characters and 20 a second; Thai 35, Russian 39; Chinese 16 and 9 a second, Japanese 13 and 4,
  Korean 16 and 12, of wide characters, other ones counting half; others 42 and 17.
  https://partnerhelp.netflixstudios.com/hc/en-us/articles/215758617
- ``bbc``: Subtitle Guidelines (37 characters, which Teletext has and which fill 68 % of the
  picture; two lines; at most 180 words a minute, a third of a second for each; pauses shorter
  than a second are closed). Its least and most time, its gap, and 18 characters a second for
  scripts without spaces are our choice: the guide has none.
  https://www.bbc.co.uk/accessibility/forproducts/guides/subtitles/
- ``youtube``: YouTube publishes none. These are those of the Captioning Key of DCMP, for which
  CEA-608 of American television was the model: 32 characters, two lines, 40 frames (at 30 a
  second) to 6 s. 17 characters a second are our choice.
  https://dcmp.org/learn/captioningkey
- ``social``: one short line for upright video on a phone. Nobody publishes figures; all are ours.
"""

from dataclasses import replace
from enum import StrEnum

from audio_translation.formats.rules.layout_rules import DEFAULT, Rules
from audio_translation.languages import code_named


class Style(StrEnum):
    """Named rules."""

    DEFAULT = "default"
    NETFLIX = "netflix"
    BBC = "bbc"
    YOUTUBE = "youtube"
    SOCIAL = "social"


_WIDE = frozenset({"ja", "ko", "yue", "zh"})
"""Languages whose signs take two columns, and whose guides count those."""

_NETFLIX = Rules(line=42, shortest=834, longest=7000, speed=17)

_STYLES: dict[Style, dict[str, Rules]] = {
    Style.DEFAULT: {"": DEFAULT},
    Style.NETFLIX: {
        "": _NETFLIX,
        "en": replace(_NETFLIX, speed=20),
        "ja": replace(_NETFLIX, line=26, speed=8),
        "ko": replace(_NETFLIX, line=32, speed=24),
        "ru": replace(_NETFLIX, line=39),
        "th": replace(_NETFLIX, line=35),
        "yue": replace(_NETFLIX, line=32, speed=18),
        "zh": replace(_NETFLIX, line=32, speed=18),
    },
    Style.BBC: {
        "": Rules(line=37, shortest=1000, longest=7000, speed=18, word_time=334, chain=1000)
    },
    Style.YOUTUBE: {"": Rules(line=32, shortest=1334, longest=6000, speed=17)},
    Style.SOCIAL: {"": Rules(line=24, lines=1, shortest=500, longest=3000, speed=20, chain=300)},
}
"""By style and by the language's code, the empty one for all others; in columns."""


def columns_each(language: str | None) -> int:
    """Return the columns of one character as guides of a language count them, 1 or 2."""
    return 2 if _code(language) in _WIDE else 1


def rules_of(style: Style, language: str | None) -> Rules:
    """Return the rules of a style; ``language`` is a name of OpenAI's or a BCP 47 tag."""
    by_language = _STYLES[style]
    return by_language.get(_code(language), by_language[""])


def _code(language: str | None) -> str:
    return code_named(language or "") or ""
