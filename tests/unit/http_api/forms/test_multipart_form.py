"""Forms with a file in them, as clients of every age send them."""

import pytest
import requests
from hypothesis import given
from hypothesis import strategies as st

from audio_translation.errors import InvalidRequest
from audio_translation.http_api.forms.multipart_form import read_form

KIND = "multipart/form-data; boundary=x"
END = b"--x--\r\n"
texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=50)


def part(name: str, content: bytes, more: str = "") -> bytes:
    head = f'Content-Disposition: form-data; name="{name}"{more}'
    return b"--x\r\n" + head.encode() + b"\r\n\r\n" + content + b"\r\n"


@given(prompt=texts, content=st.binary(max_size=2000))
def test_what_a_client_sends_is_read_byte_for_byte(prompt: str, content: bytes) -> None:
    sent = requests.Request(
        "POST", "http://a.test", data={"prompt": prompt}, files={"file": ("ñ a.mp3", content)}
    ).prepare()
    assert isinstance(sent.body, bytes)
    form = read_form(sent.headers["Content-Type"], sent.body)
    assert form.fields == {"prompt": prompt}
    assert form.file is not None
    assert (form.file.name, form.file.content) == ("ñ a.mp3", content)


def test_of_several_fields_of_one_name_the_last_counts_and_files_elsewhere_mean_nothing() -> None:
    body = part("a", b"1") + part("a", b"2") + part("other", b"\xff", '; filename="b"') + END
    form = read_form(KIND, body)
    assert (form.fields, form.file) == ({"a": "2"}, None)


def test_what_stands_before_the_first_boundary_is_nobodys() -> None:
    body = b"--xy is no boundary.\r\n" + part("a", b"1") + END
    assert read_form(KIND, body).fields == {"a": "1"}


@pytest.mark.parametrize(
    "kind", ["Multipart/Form-Data; BOUNDARY=x", 'multipart/form-data; boundary="x"']
)
def test_names_of_headers_are_of_any_case(kind: str) -> None:
    assert read_form(kind, part("a", b"1") + END).fields == {"a": "1"}


@pytest.mark.parametrize(
    ("kind", "body", "param"),
    [
        ("", part("a", b"1") + END, None),
        ("application/json", b"{}", None),
        ("multipart/form-data", part("a", b"1") + END, None),
        ("multipart/form-data; boundary=y", part("a", b"1") + END, None),
        (KIND, b"", None),
        (KIND, part("a", b"1"), None),
        (KIND, part("a", b"1")[:-9], None),
        (KIND, part("a", b"1") * 101 + END, None),
        (KIND, part("a", b"\xff") + END, "a"),
        (KIND, part("file", b"1", '; filename="a"') * 2 + END, "file"),
    ],
)
def test_what_is_no_such_form_is_the_callers_error(
    kind: str, body: bytes, param: str | None
) -> None:
    with pytest.raises(InvalidRequest) as raised:
        read_form(kind, body)
    assert raised.value.param == param


@given(body=st.binary(max_size=300))
def test_any_bytes_are_a_form_or_the_callers_error(body: bytes) -> None:
    try:
        read_form(KIND, b"--x\r\n" + body)
    except InvalidRequest:
        return
