"""The scripted text model: OpenAI's ``POST /v1/responses``."""

import json
import threading
from collections import deque

from tests.fakes.provider.answers import Answer
from tests.fakes.provider.scripted_server import Received, ScriptedServer
from tests.fakes.provider.text_answers import Question
from tests.fakes.provider.text_behaviours import Behaviour, right

PATH = "/v1/responses"


class TextModel(ScriptedServer):
    """Does what ``script`` says, in order, then ``default`` for ever."""

    def __init__(self) -> None:
        super().__init__()
        self._scripting = threading.Lock()
        self._begin()

    @property
    def questions(self) -> list[Question]:
        """What it was asked, in order."""
        return [_question(received) for received in self.received]

    def reset(self) -> None:
        super().reset()
        self._begin()

    def answer(self, received: Received) -> Answer:
        with self._scripting:
            behave = self.script.popleft() if self.script else self.default
        return behave(_question(received))

    def _begin(self) -> None:
        self.script: deque[Behaviour] = deque()
        self.default: Behaviour = right


def _question(received: Received) -> Question:
    return Question(json.loads(received.file))
