"""What text models and their servers have been seen to do, by name in ``BEHAVIOURS``.

Any function of a ``Question`` that returns an ``Answer`` is a behaviour.
"""

import json
from collections.abc import Callable
from itertools import pairwise

from tests.fakes.provider.answers import Answer, envelope
from tests.fakes.provider.text_answers import Question, in_german, listed, refused, response

Behaviour = Callable[[Question], Answer]
BEHAVIOURS: dict[str, Behaviour] = {}
FAILURES: set[str] = set()
"""Those after which a caller may have to come back: the provider's, not the model's."""


def behaviour(function: Behaviour) -> Behaviour:
    BEHAVIOURS[function.__name__] = function
    return function


def failing(name: str, answer: Answer) -> None:
    BEHAVIOURS[name] = lambda _: answer
    FAILURES.add(name)


@behaviour
def right(asked: Question) -> Answer:
    return listed(asked.entries)


# Entries ----------------------------------------------------------------------------------------


@behaviour
def loses_the_first(asked: Question) -> Answer:
    return listed(asked.entries[1:])


@behaviour
def loses_the_last(asked: Question) -> Answer:
    return listed(asked.entries[:-1])


@behaviour
def loses_every_other(asked: Question) -> Answer:
    return listed(asked.entries[::2])


@behaviour
def loses_all(asked: Question) -> Answer:
    return listed([])


@behaviour
def turns_the_order_round(asked: Question) -> Answer:
    return listed(asked.entries[::-1])


@behaviour
def swaps_the_first_two(asked: Question) -> Answer:
    return listed([*asked.entries[1::-1], *asked.entries[2:]])


@behaviour
def doubles_one(asked: Question) -> Answer:
    return listed([asked.entries[0], *asked.entries])


@behaviour
def gives_the_last_number_two_texts(asked: Question) -> Answer:
    return listed([*asked.entries, {"id": asked.ids[-1], "text": asked.entries[0]["text"] * 2}])


@behaviour
def doubles_all(asked: Question) -> Answer:
    return listed(asked.entries * 2)


@behaviour
def merges_pairs(asked: Question) -> Answer:
    entries = asked.entries
    merged = [{**a, "text": f"{a['text']} {b['text']}"} for a, b in pairwise(entries)][::2]
    return listed(merged or [])


@behaviour
def merges_all(asked: Question) -> Answer:
    entries = asked.entries
    return listed([{**entries[0], "text": " ".join(e["text"] for e in entries)}, entries[0]])


@behaviour
def splits_one(asked: Question) -> Answer:
    first, *rest = asked.entries
    return listed([first, {"id": 10_000, "text": "the rest of it"}, *rest])


@behaviour
def adds_a_number_that_was_not_asked_for(asked: Question) -> Answer:
    return listed([*asked.entries, {"id": max(asked.ids) + 1, "text": "Thanks for watching!"}])


@behaviour
def moves_every_number_by_one(asked: Question) -> Answer:
    return listed([{**entry, "id": entry["id"] + 1} for entry in asked.entries])


@behaviour
def counts_backwards(asked: Question) -> Answer:
    entries = asked.entries
    ids = [-1 - number for number in range(len(entries))]
    return listed([{**e, "id": n} for e, n in zip(entries, ids, strict=True)])


@behaviour
def gives_numbers_as_text(asked: Question) -> Answer:
    return listed([{**entry, "id": str(entry["id"])} for entry in asked.entries])


@behaviour
def gives_numbers_with_a_point(asked: Question) -> Answer:
    return listed([{**entry, "id": float(entry["id"])} for entry in asked.entries])


@behaviour
def gives_no_numbers(asked: Question) -> Answer:
    return listed([{**entry, "id": None} for entry in asked.entries])


@behaviour
def gives_texts_only(asked: Question) -> Answer:
    return listed([entry["text"] for entry in asked.entries])


@behaviour
def adds_other_fields(asked: Question) -> Answer:
    return listed([{**entry, "note": "literally"} for entry in asked.entries])


# Texts ------------------------------------------------------------------------------------------


def with_text(asked: Question, text: object, *, first_only: bool = False) -> Answer:
    entries = asked.entries
    for entry in entries[: 1 if first_only else None]:
        entry["text"] = text
    return listed(entries)


@behaviour
def leaves_one_empty(asked: Question) -> Answer:
    return with_text(asked, "", first_only=True)


@behaviour
def leaves_all_empty(asked: Question) -> Answer:
    return with_text(asked, "  ")


@behaviour
def answers_null(asked: Question) -> Answer:
    return with_text(asked, None, first_only=True)


@behaviour
def answers_numbers(asked: Question) -> Answer:
    return with_text(asked, 7)


@behaviour
def answers_dots(asked: Question) -> Answer:
    return with_text(asked, "…", first_only=True)


@behaviour
def says_the_same_of_all(asked: Question) -> Answer:
    return with_text(asked, "HACKED")


@behaviour
def goes_on_and_on(asked: Question) -> Answer:
    return with_text(asked, "and so on " * 300, first_only=True)


@behaviour
def echoes_all(asked: Question) -> Answer:
    return listed([{"id": s["id"], "text": s["text"]} for s in asked.segments])


@behaviour
def echoes_one(asked: Question) -> Answer:
    return listed([{**asked.segments[0]}, *asked.entries[1:]])


@behaviour
def takes_another_language(asked: Question) -> Answer:
    return listed([{"id": s["id"], "text": in_german(s["text"])} for s in asked.segments])


@behaviour
def breaks_lines(asked: Question) -> Answer:
    return listed([{**e, "text": f"\n{e['text']} \r\n\t "} for e in asked.entries])


# What is around it ------------------------------------------------------------------------------


@behaviour
def writes_prose_around_it(asked: Question) -> Answer:
    return response(f"Sure! {json.dumps({'segments': asked.entries})} Anything else?")


@behaviour
def fences_it(asked: Question) -> Answer:
    return response(f"```json\n{json.dumps({'segments': asked.entries}, indent=2)}\n```")


@behaviour
def says_it_twice(asked: Question) -> Answer:
    return response(json.dumps({"segments": asked.entries}) * 2)


@behaviour
def stops_in_the_middle(asked: Question) -> Answer:
    said = json.dumps({"segments": asked.entries})
    return response(said[: len(said) // 2])


@behaviour
def runs_out_of_tokens(asked: Question) -> Answer:
    said = json.dumps({"segments": asked.entries})
    why = {"reason": "max_output_tokens"}
    return response(said[:-9], status="incomplete", incomplete_details=why)


@behaviour
def is_filtered(asked: Question) -> Answer:
    return response("", status="incomplete", incomplete_details={"reason": "content_filter"})


@behaviour
def is_filtered_before_it_begins(asked: Question) -> Answer:
    return Answer(
        envelope("The prompt was filtered", "invalid_request_error", "content_filter"), 400
    )


@behaviour
def fails_for_the_content(asked: Question) -> Answer:
    return response(status="failed", error={"code": "invalid_prompt", "message": "no"})


@behaviour
def writes_prose(asked: Question) -> Answer:
    return response("\n".join(entry["text"] for entry in asked.entries))


@behaviour
def refuses(asked: Question) -> Answer:
    return refused("I cannot help with that.")


@behaviour
def refuses_in_prose(asked: Question) -> Answer:
    return response("I'm sorry, but I can't assist with that request.")


@behaviour
def says_nothing(asked: Question) -> Answer:
    return response("")


@behaviour
def has_no_output(asked: Question) -> Answer:
    return Answer({"object": "response", "status": "completed", "output": []})


@behaviour
def gives_a_bare_list(asked: Question) -> Answer:
    return response(json.dumps(asked.entries))


@behaviour
def names_it_otherwise(asked: Question) -> Answer:
    return response(json.dumps({"translations": asked.entries}))


@behaviour
def nests_it(asked: Question) -> Answer:
    return response(json.dumps(json.dumps({"segments": asked.entries})))


@behaviour
def nests_without_end(asked: Question) -> Answer:
    return response("[" * 50_000)


@behaviour
def thinks_first(asked: Question) -> Answer:
    answer = listed(asked.entries).body
    assert isinstance(answer, dict)
    thought = {"type": "reasoning", "summary": [], "content": [{"type": "reasoning_text"}]}
    return Answer({**answer, "output": [thought, *answer["output"]]})


@behaviour
def says_it_in_parts(asked: Question) -> Answer:
    said = json.dumps({"segments": asked.entries})
    return response(said[:9], said[9:])


failing("is_overloaded", Answer(envelope("Rate limit"), 429, {"Retry-After-Ms": "5"}))
failing("breaks", Answer(envelope("oops"), 500))
failing("breaks_in_html", Answer(b"<html>502</html>", 502))
failing("is_too_slow", Answer(envelope("slow"), 408))
failing("hangs_up", Answer(hang_up=True))
failing("is_cut", Answer(response("x" * 100).body, cut=True))
failing("answers_nothing", Answer(b""))
failing("answers_html", Answer(b"<html>Welcome</html>"))
failing("answers_another_json", Answer([1, 2]))
failing("fails_after_it_began", response(status="failed", error={"code": "server_error"}))
