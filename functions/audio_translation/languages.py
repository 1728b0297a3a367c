"""The languages that Whisper knows, by the names that OpenAI's ``verbose_json`` uses.

Source: openai/whisper, ``whisper/tokenizer.py``.
"""

_TABLE = """
af afrikaans, am amharic, ar arabic, as assamese, az azerbaijani, ba bashkir, be belarusian,
bg bulgarian, bn bengali, bo tibetan, br breton, bs bosnian, ca catalan, cs czech, cy welsh,
da danish, de german, el greek, en english, es spanish, et estonian, eu basque, fa persian,
fi finnish, fo faroese, fr french, gl galician, gu gujarati, ha hausa, haw hawaiian, he hebrew,
hi hindi, hr croatian, ht haitian creole, hu hungarian, hy armenian, id indonesian, is icelandic,
it italian, ja japanese, jw javanese, ka georgian, kk kazakh, km khmer, kn kannada, ko korean,
la latin, lb luxembourgish, ln lingala, lo lao, lt lithuanian, lv latvian, mg malagasy, mi maori,
mk macedonian, ml malayalam, mn mongolian, mr marathi, ms malay, mt maltese, my myanmar,
ne nepali, nl dutch, nn nynorsk, no norwegian, oc occitan, pa punjabi, pl polish, ps pashto,
pt portuguese, ro romanian, ru russian, sa sanskrit, sd sindhi, si sinhala, sk slovak,
sl slovenian, sn shona, so somali, sq albanian, sr serbian, su sundanese, sv swedish, sw swahili,
ta tamil, te telugu, tg tajik, th thai, tk turkmen, tl tagalog, tr turkish, tt tatar,
uk ukrainian, ur urdu, uz uzbek, vi vietnamese, yi yiddish, yo yoruba, yue cantonese, zh chinese
"""

NAMES: dict[str, str] = dict(
    entry.strip().split(" ", 1) for entry in _TABLE.replace("\n", " ").split(",")
)
"""Code to name: ``NAMES["es"] == "spanish"``."""

_ALIASES = {"cmn": "zh", "fil": "tl", "in": "id", "iw": "he", "jv": "jw", "nb": "no"}
"""BCP 47 codes of languages that ``NAMES`` has under another code."""


def code_of(tag: str) -> str:
    """Return the code in ``NAMES`` for a BCP 47 tag: ``pt`` for ``pt-BR``, ``no`` for ``nb``."""
    code = tag.partition("-")[0].lower()
    return _ALIASES.get(code, code)


def name_of(tag: str) -> str:
    """Return the English name of a BCP 47 tag's language, or its code if ``NAMES`` has none."""
    code = code_of(tag)
    return NAMES.get(code, code)


def code_named(language: str) -> str | None:
    """Return the code in ``NAMES`` for a name or a BCP 47 tag in any case; None if not known."""
    code = _CODES.get(language.strip().lower()) or code_of(language.strip())
    return code if code in NAMES else None


_CODES = {name: code for code, name in NAMES.items()}
