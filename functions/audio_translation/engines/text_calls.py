"""One call of a text model, to the first of its providers that serves."""

from collections.abc import Sequence

import openai

from audio_translation.deadline import Deadline
from audio_translation.engines.chain.provider_chain import Link, ProviderChain
from audio_translation.engines.provider.calls import ProviderCalls
from audio_translation.engines.text_answers import Line, Texts, is_about_the_content, read
from audio_translation.engines.text_prompt import ANSWER_FORMAT, INSTRUCTIONS
from audio_translation.errors import (
    AudioTooLarge,
    ModelGone,
    ProviderRejected,
    UnsupportedAudio,
)

_LONGEST_CALL_SECONDS = 60.0
_ATTEMPTS = 12
"""Many, because without a translation the paid transcription is lost."""
_MOST_TOKENS = 16_000  # of an answer, with reasoning


class TextCalls:
    """Calls of one model; safe to use from several threads."""

    def __init__(self, providers: ProviderChain[ProviderCalls], model: str) -> None:
        self._providers = providers
        self._model = model

    def asked(
        self, message: str, lines: Sequence[Line], deadline: Deadline
    ) -> tuple[Texts | None, str]:
        """Make one call; return its texts and the provider that served.

        None instead of texts if the answer does not have exactly these lines.
        """

        def ask(
            link: Link[ProviderCalls], model_there: str, share: Deadline
        ) -> tuple[Texts | None, str]:
            return self._asked(link.step, model_there, message, lines, share), link.provider

        try:
            return self._providers.run(ask, model=self._model, deadline=deadline)
        except ModelGone as error:  # ModelGone is about the audio model
            raise ProviderRejected(
                f"{error.message.rstrip('.')}. The operator must choose another text model."
            ) from error
        except (AudioTooLarge, UnsupportedAudio) as error:
            raise ProviderRejected(
                f"The provider of the text model refused the request. {error.message}"
            ) from error

    def _asked(
        self,
        calls: ProviderCalls,
        model: str,
        message: str,
        lines: Sequence[Line],
        deadline: Deadline,
    ) -> Texts | None:
        def call(timeout: openai.Timeout) -> Texts | None:
            try:
                response = calls.client.responses.with_raw_response.create(
                    model=model,
                    instructions=INSTRUCTIONS,
                    input=[{"role": "user", "content": message}],
                    text={
                        "format": {
                            "type": "json_schema",
                            "name": "translation",
                            "schema": ANSWER_FORMAT,
                            "strict": True,
                        }
                    },
                    max_output_tokens=_MOST_TOKENS,
                    store=False,
                    timeout=timeout,
                )
            except (openai.BadRequestError, openai.UnprocessableEntityError) as error:
                if is_about_the_content(error.code):
                    return None
                raise
            return read(response.content, lines)

        return calls.run(
            call,
            model=model,
            deadline=deadline,
            longest_seconds=_LONGEST_CALL_SECONDS,
            attempts=_ATTEMPTS,
        )
