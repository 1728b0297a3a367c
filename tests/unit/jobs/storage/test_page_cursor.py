"""Where a page ended, as its owner carries it to the next one."""

import base64
import hashlib
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audio_translation.errors import InvalidRequest
from audio_translation.jobs.storage.page_cursor import cursor, start

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)


keys = st.text(st.characters(codec="ascii"), min_size=1, max_size=40)


@given(owner=texts, created=keys, job_id=keys)
def test_a_cursor_leads_back_to_where_the_page_ended(owner: str, created: str, job_id: str) -> None:
    made = cursor(owner, created, job_id)
    assert made.isascii()
    assert start(owner, made) == {
        "owner": {"S": owner},
        "created": {"S": created},
        "id": {"S": job_id},
    }


@given(owner=texts, other=texts)
def test_it_is_one_owners_alone(owner: str, other: str) -> None:
    if owner == other:
        return
    with pytest.raises(InvalidRequest) as raised:
        start(other, cursor(owner, "2026", "j"))
    assert raised.value.param == "cursor"


def test_no_character_of_it_can_be_changed() -> None:
    made = cursor("me", "2026-11-22T00:00:00+00:00", "job-1")
    for place in range(len(made)):
        other = "A" if made[place] != "A" else "B"
        with pytest.raises(InvalidRequest):
            start("me", made[:place] + other + made[place + 1 :])


@pytest.mark.parametrize(
    "text", ["", "x", "ñ", "====", base64.urlsafe_b64encode(json.dumps([1, 2]).encode()).decode()]
)
def test_what_this_service_did_not_give_is_refused(text: str) -> None:
    with pytest.raises(InvalidRequest):
        start("me", text)


@pytest.mark.parametrize(
    "place",
    [[1, 2], ["", ""], [None, "job-1"], ["2026", {"S": "x"}], ["\ud800", "job-1"], ["x" * 999, "j"],
     ["2026"], {}, 7],
)  # fmt: skip
def test_whoever_works_out_the_checksum_asks_for_no_odd_key(place: object) -> None:
    content = json.dumps(place).encode()
    checksum = hashlib.sha256(b"me\0" + content).digest()[:9]
    with pytest.raises(InvalidRequest):
        start("me", base64.urlsafe_b64encode(checksum + content).decode())
