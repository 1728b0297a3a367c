"""The files of the page at /: what is beside this module, as it is served."""

import hashlib
import re
from dataclasses import dataclass
from html import escape
from pathlib import Path

_FOLDER = Path(__file__).parent
_TYPES = {
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".svg": "image/svg+xml",
}
_BASE = '<base href="./">'
_PAGE = "index.html"
_COMMENTS = re.compile(r"^\s*(?://[^\n]*|/\*.*?\*/[^\S\n]*)$", re.DOTALL | re.MULTILINE)
"""Whole lines of them, in scripts and stylesheets."""
_BLANKS = re.compile(r"\s*([{}:;,])\s*")
"""Of a stylesheet, around what parts it."""


@dataclass(frozen=True)
class PageFile:
    """A file as it is answered; ``etag`` is that of HTTP, quotes included."""

    content: str
    content_type: str
    etag: str


def page_file(name: str) -> PageFile | None:
    """Return the page's file of this name, None if it has none; the page itself is not one."""
    if name not in _names() or name == _PAGE:
        return None
    content = _smaller(_read(name))
    if name.endswith(".css"):
        content = _BLANKS.sub(r"\1", content).replace(";}", "}")
    return _served(name, content)


def page(base: str) -> PageFile:
    """Return the page for callers who find the routes below ``base``: /v1, /speech, or nothing.

    Without it a stage's URL without a slash at its end would lead to files beside the stage.
    """
    html = _read(_PAGE).replace(_BASE, f'<base href="{escape(base)}/">')
    return _served(_PAGE, html)


def security_policy(files_at: str, *, over_http: bool) -> str:
    """Return the page's Content-Security-Policy.

    ``files_at`` is the origin of the bucket, to which recordings are sent; empty if there is none.
    Recordings are played from anywhere with https, and from http on a page that came so, too.
    """
    media = ["blob:", "https:", *(["http:"] if over_http else [])]
    return "; ".join(
        f"{name} {' '.join(filter(None, sources))}".rstrip()
        for name, sources in {
            "default-src": ["'none'"],
            "script-src": ["'self'"],
            "style-src": ["'self'"],
            "img-src": ["'self'"],
            "connect-src": ["'self'", files_at],
            "media-src": media,
            "base-uri": ["'self'"],
            "form-action": ["'none'"],
            "frame-ancestors": ["'none'"],
        }.items()
    )


def prefers_html(accept: str) -> bool:
    """Return whether an Accept header names HTML, and no JSON that it would rather have.

    A client that takes anything (``*/*``) is a program, which gets JSON as ever.
    """
    wanted = dict(map(_kind_and_weight, accept.lower().split(",")))
    html = wanted.get("text/html", 0.0)
    return html > 0 and html >= wanted.get("application/json", 0.0)


def _names() -> frozenset[str]:
    return frozenset(path.name for path in _FOLDER.iterdir() if path.suffix in _TYPES)


def _read(name: str) -> str:
    return (_FOLDER / name).read_text(encoding="utf-8")


def _smaller(source: str) -> str:
    """Return a script or a stylesheet without comments and indentation: a sixth of its bytes.

    No text of ours goes over several lines, so blanks at their beginnings mean nothing.
    """
    lines = map(str.strip, _COMMENTS.sub("", source).splitlines())
    return "\n".join(filter(None, lines)) + "\n"


def _served(name: str, content: str) -> PageFile:
    digest = hashlib.sha256(content.encode()).hexdigest()[:32]
    return PageFile(content, _TYPES[Path(name).suffix], f'"{digest}"')


def _kind_and_weight(part: str) -> tuple[str, float]:
    """Return one media type of an Accept header, and its weight from 0 to 1."""
    kind, *parameters = (one.strip() for one in part.split(";"))
    for parameter in parameters:
        name, _, value = parameter.partition("=")
        if name.strip() == "q":
            try:
                return kind, float(value)
            except ValueError:
                return kind, 0.0
    return kind, 1.0
