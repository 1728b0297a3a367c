"""Names and terms whose spelling is kept."""

import re
from typing import Annotated

from pydantic import AfterValidator, Field

from audio_translation.translation.fields.plain_words import refusal


def _keyword(keyword: str) -> str:
    """Return a keyword; raises PydanticCustomError for characters that providers refuse."""
    if re.search(r"[<>\r\n]", keyword):
        raise refusal("a keyword must not have <, > or line breaks in it")
    return keyword


Keyword = Annotated[str, Field(min_length=1, max_length=100), AfterValidator(_keyword)]
"""A name or term of ``gpt-transcribe``'s parameter ``keywords``."""
