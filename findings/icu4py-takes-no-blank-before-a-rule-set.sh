#!/usr/bin/env bash
# icu4py 1.2.0 (ICU's MessageFormat): the style of a spelled-out number is taken with its blanks. With the
# usual blank after the comma the name of a rule set is not found, and nothing says so: the default rules
# serve. Blanks before the type do no harm. A language for which ICU has no rules gets the number in
# English words, again without an error, so that a text in it ends up half in English.
# Seen, for 21 in Spanish, feminine: veintiuna without the blank, veintiuno with it; for 21 in Yoruba, of which
# ICU has no rules: twenty-one.
# Exits non-zero if that changes.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check icu4py==1.2.0
"$folder/venv/bin/python" - <<'PYTHON'
import sys

from icu4py.messageformat import MessageFormat


def said(pattern, language):
    return MessageFormat(pattern, language).format({"n": 21})


seen = (
    said("{n,spellout,%spellout-cardinal-feminine}", "es"),
    said("{n, spellout,%spellout-cardinal-feminine}", "es"),
    said("{n, spellout, %spellout-cardinal-feminine}", "es"),
    said("{n,spellout}", "yo"),
)
print(*seen, sep="\n")
sys.exit(0 if seen == ("veintiuna", "veintiuna", "veintiuno", "twenty-one") else 1)
PYTHON
