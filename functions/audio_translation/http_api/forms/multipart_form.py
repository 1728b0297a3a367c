"""Reads a multipart form with a file (RFC 7578), as old and new HTTP clients send it."""

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header

from audio_translation.download.audio_source import SentFile
from audio_translation.errors import InvalidRequest

if TYPE_CHECKING:
    from python_multipart.multipart import MultipartCallbacks

_MOST_PARTS = 100
_MOST_HEADERS = 100  # of a part
_LONGEST_HEADER = 16_384  # bytes; the name of a file is in one


@dataclass(frozen=True)
class Form:
    """The fields in their order, and the file."""

    pairs: list[tuple[str, str]]
    file: SentFile | None

    def values(self, name: str) -> list[str]:
        """Return all values of a list, whose parts are called ``name``, ``name[]`` or ``name[0]``.

        Empty ones are left out.
        """
        of_list = re.compile(rf"{re.escape(name)}(\[\d*\])?")
        return [value for part, value in self.pairs if value and of_list.fullmatch(part)]

    @property
    def fields(self) -> dict[str, str]:
        """The fields by name, the last one of several with one name."""
        return dict(self.pairs)


def read_form(content_type: str, body: bytes, *, file: str = "file") -> Form:
    """Read a whole ``multipart/form-data`` body whose file is in the field ``file``.

    Raises InvalidRequest for another or an incomplete body, and for several files.
    """
    kind, options = parse_options_header(content_type.encode("latin-1", "replace"))
    boundary = {name.lower(): value for name, value in options.items()}.get(b"boundary")
    if kind != b"multipart/form-data" or not boundary:
        raise InvalidRequest("Send the file and its fields as multipart/form-data with a boundary.")
    parts = _Parts()
    try:
        parser = MultipartParser(
            boundary,
            parts.callbacks(),
            max_header_count=_MOST_HEADERS,
            max_header_size=_LONGEST_HEADER,
        )
        parser.write(_without_preamble(body, b"--" + boundary + b"\r\n"))
        parser.finalize()
    except FormParserError as error:
        raise InvalidRequest("The body is not the multipart/form-data that it says.") from error
    if not parts.ended:
        raise InvalidRequest("The body ends in the middle of its multipart/form-data; send it all.")
    return _form(parts.parts, file)


def _without_preamble(body: bytes, delimiter: bytes) -> bytes:
    """Drop what stands before the first boundary, as RFC 2046, 5.1.1 says."""
    first = -1 if body.startswith(delimiter) else body.find(b"\r\n" + delimiter)
    return body if first < 0 else body[first + 2 :]


@dataclass
class _Part:
    headers: list[tuple[bytearray, bytearray]] = field(default_factory=list)
    content: bytearray = field(default_factory=bytearray)


class _Parts:
    """Collects the parts from the parser's callbacks."""

    def __init__(self) -> None:
        self.parts: list[_Part] = []
        self.ended = False

    def callbacks(self) -> "MultipartCallbacks":
        return {
            "on_part_begin": self._begin,
            "on_header_begin": lambda: self.parts[-1].headers.append((bytearray(), bytearray())),
            "on_header_field": lambda data, start, end: self._header(0, data[start:end]),
            "on_header_value": lambda data, start, end: self._header(1, data[start:end]),
            "on_part_data": self._content,
            "on_end": self._end,
        }

    def _begin(self) -> None:
        if len(self.parts) == _MOST_PARTS:
            raise FormParserError
        self.parts.append(_Part())

    def _header(self, side: int, data: bytes) -> None:
        self.parts[-1].headers[-1][side].extend(data)

    def _content(self, data: bytes, start: int, end: int) -> None:
        self.parts[-1].content += memoryview(data)[start:end]

    def _end(self) -> None:
        self.ended = True


def _form(parts: list[_Part], file: str) -> Form:
    pairs: list[tuple[str, str]] = []
    files: list[SentFile] = []
    for part in parts:
        options = _disposition(part)
        name = _text(options.get(b"name", b""))
        if name == file:
            files.append(SentFile(_text(options.get(b"filename", b"")), bytes(part.content)))
        elif b"filename" not in options:  # other files mean nothing here
            pairs.append((name, _field(name, part.content)))
    if len(files) > 1:
        raise InvalidRequest("Send one file, not several.", param=file)
    return Form(pairs, files[0] if files else None)


def _disposition(part: _Part) -> dict[bytes, bytes]:
    for name, value in part.headers:
        if name.lower() == b"content-disposition":
            _, options = parse_options_header(bytes(value))
            return {name.lower(): option for name, option in options.items()}
    return {}


def _text(name: bytes) -> str:
    """Return a name as text; bytes that are no UTF-8 are replaced."""
    return name.decode("utf-8", "replace")


def _field(name: str, value: bytearray) -> str:
    try:
        return value.decode()
    except UnicodeDecodeError:
        param = name[:100]
        raise InvalidRequest(f"{param}: The text is not UTF-8.", param=param) from None
