"""The options of a translation: what an engine is told of what was said before."""

from dataclasses import replace

from audio_translation.translation.engine import Said, Task

TASK = Task("m", prompt="A talk.\nIn Madrid.", temperature=0.2)
BEFORE = (Said("Hello.", "Hola."), Said("How are you?"))


def test_a_prompt_alone_stays_as_it_is() -> None:
    assert TASK.continued_prompt == TASK.prompt
    assert replace(TASK, prompt=None).continued_prompt is None
    assert replace(TASK, prompt="").continued_prompt == ""


def test_what_was_said_before_comes_after_the_prompt() -> None:
    told = replace(TASK, before=BEFORE)
    assert told.said_before == "Hello. How are you?"
    assert told.continued_prompt == "A talk. In Madrid. Hello. How are you?"
    assert replace(told, prompt=None).continued_prompt == "Hello. How are you?"


def test_who_is_untold_knows_neither() -> None:
    untold = replace(TASK, before=BEFORE).untold(0.4)
    assert (untold.continued_prompt, untold.said_before, untold.temperature) == (None, None, 0.4)
