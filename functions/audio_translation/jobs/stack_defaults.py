"""What the stack says of requests that do not say it themselves."""

from dataclasses import dataclass
from typing import Literal, TypeVar

from audio_translation.errors import InvalidRequest
from audio_translation.translation.fields.subtitle_rules import SubtitleRules
from audio_translation.translation.request import TranslationOptions

_Options = TypeVar("_Options", bound=TranslationOptions)


@dataclass(frozen=True)
class StackDefaults:
    """The stack's parameters of the same names.

    - ``records``: ``off``, ``on`` (who asks gets one), or ``all`` (but who wants none).
    - ``subtitles``: rules; a request's own come first.
    """

    records: Literal["off", "on", "all"] = "off"
    subtitles: SubtitleRules | None = None

    def applied(self, options: _Options) -> _Options:
        """Return the options with ``record`` and ``subtitles`` decided.

        Raises InvalidRequest for a record where there are none, and for rules that contradict the
        stack's.
        """
        options = options.with_subtitles(self.subtitles)
        if options.record and self.records == "off":
            raise InvalidRequest(
                "record: There are no records here. Leave it out, or have the stack's operator set"
                " its parameter Records.",
                param="record",
            )
        wanted = self.records == "all" if options.record is None else options.record
        if bool(options.record) == wanted:
            return options
        return options.model_copy(update={"record": wanted})
