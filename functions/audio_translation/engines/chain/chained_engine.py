"""An engine of several: each chunk is translated by the first provider that can."""

from dataclasses import replace

from audio_translation.audio.recording import ChunkAudio
from audio_translation.deadline import Deadline
from audio_translation.engines.chain.provider_chain import Link, ProviderChain
from audio_translation.transcript import Translation
from audio_translation.translation.engine import Engine, Task

_CLEAR_RANGE = 20
"""dB from the quiet to the loud of a chunk; with less, no words may be the right answer."""


class ChainedEngine:
    """Engine over the engines of a chain's providers; safe to call from several threads."""

    def __init__(self, chain: ProviderChain[Engine]) -> None:
        self._chain = chain

    def translate(self, audio: ChunkAudio, task: Task, *, deadline: Deadline) -> Translation:
        """Translate; the translation tells the provider that served, and its price.

        An answer without words for a chunk of clear speech is taken only if no other provider
        hears any. Raises what ``ProviderChain.run`` raises.
        """
        clear = audio.range >= _CLEAR_RANGE and bool(audio.chunk.speech)

        def ask(link: Link[Engine], model_there: str, share: Deadline) -> Translation:
            asked = replace(task, model=model_there)
            found = link.step.translate(audio, asked, deadline=share)
            return replace(found, model=task.model, provider=link.provider, price=link.price)

        return self._chain.run(
            ask,
            model=task.model,
            deadline=deadline,
            doubtful=lambda found: clear and not found.text.strip(),
        )
