"""The files of the page, how large they are, and who gets the page."""

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

from audio_translation.http_api.page import page_files
from audio_translation.http_api.page.page_files import (
    PageFile,
    page,
    page_file,
    prefers_html,
    security_policy,
)
from audio_translation.languages import NAMES

FOLDER = Path(page_files.__file__).parent
FILES = sorted(path for path in FOLDER.iterdir() if path.suffix in {".html", ".js", ".css", ".svg"})
SCRIPTS = [path for path in FILES if path.suffix == ".js"]


def served(path: Path) -> PageFile:
    found = page("") if path.suffix == ".html" else page_file(path.name)
    assert found is not None
    return found


def test_the_whole_page_is_at_most_100_kb() -> None:
    sizes = {path.name: len(served(path).content.encode()) for path in FILES}
    assert sum(sizes.values()) <= 100 * 1024, sizes


@pytest.mark.parametrize("path", [path for path in FILES if path.suffix != ".html"], ids=str)
def test_every_file_is_served_with_its_type_and_a_tag_of_its_content(path: Path) -> None:
    kinds = {".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml"}
    found = served(path)
    assert found.content_type.partition(";")[0] == kinds[path.suffix]
    assert re.fullmatch(r'"[0-9a-f]{32}"', found.etag)


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.name)
def test_a_script_is_served_whole_but_for_comments_and_indentation(path: Path) -> None:
    """A text over several lines would lose blanks that mean something."""
    source = path.read_text()
    assert [line for line in source.splitlines() if line.count("`") % 2] == []
    kept = iter(served(path).content.splitlines())
    line = next(kept)
    for written in map(str.strip, source.splitlines()):
        if written == line:
            line = next(kept, "")
        else:
            assert not written or written.startswith(("//", "/*", "*")), written
    assert line == ""


@pytest.mark.parametrize(
    "name", ["index.html", "page_files.py", "__init__.py", "../app.py", "..", "", "nothing.js"]
)
def test_nothing_else_is_served(name: str) -> None:
    assert page_file(name) is None


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.name)
def test_every_module_that_is_imported_is_there(path: Path) -> None:
    for name in re.findall(r"from \"\./([^\"]+)\"", path.read_text()):
        assert (FOLDER / name).is_file(), name


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.name)
def test_no_script_makes_markup_of_text(path: Path) -> None:
    found = re.findall(
        r"\.(?:inner|outer)HTML|insertAdjacentHTML|document\.write|\beval\(|new Function",
        path.read_text(),
    )
    assert found == []


@pytest.mark.parametrize("base", ["", "/v1", "/speech/v1"])
def test_relative_urls_of_the_page_begin_where_the_routes_do(base: str) -> None:
    assert f'<base href="{base}/">' in page(base).content
    assert page(base).etag != page(f"{base}/other").etag


def test_a_base_path_cannot_end_the_attribute_that_it_stands_in() -> None:
    assert '<base href="/&quot;&gt;&lt;script&gt;/">' in page('/"><script>').content


class Inline(HTMLParser):
    """Finds what a strict policy would not run."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = dict(attrs)
        if tag == "style" or (tag == "script" and "src" not in names):
            self.found.append(tag)
        self.found += [name for name in names if name == "style" or name.startswith("on")]


def test_the_page_has_no_script_and_no_style_inside() -> None:
    inline = Inline()
    inline.feed(page("").content)
    assert inline.found == []


def test_the_policy_lets_in_the_page_the_bucket_and_sound_and_nothing_else() -> None:
    policy = security_policy("https://b.s3.eu-west-1.amazonaws.com", over_http=False)
    assert policy == (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
        "connect-src 'self' https://b.s3.eu-west-1.amazonaws.com; media-src blob: https:; "
        "base-uri 'self'; form-action 'none'; frame-ancestors 'none'"
    )
    assert "media-src blob: https: http:;" in security_policy("", over_http=True)
    assert "connect-src 'self';" in security_policy("", over_http=True)


@pytest.mark.parametrize(
    ("accept", "html"),
    [
        ("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", True),
        ("text/html", True),
        ("TEXT/HTML; charset=utf-8", True),
        ("application/json, text/html", True),
        ("application/json, text/html;q=0.5", False),
        ("text/html;q=0", False),
        ("text/html;q=x", False),
        ("application/json", False),
        ("*/*", False),
        ("text/*", False),
        ("", False),
    ],
)
def test_who_names_html_and_nothing_rather_gets_the_page(accept: str, html: bool) -> None:
    assert prefers_html(accept) is html


def test_the_page_offers_the_languages_that_the_service_knows() -> None:
    source = (FOLDER / "settings.js").read_text()
    (listed,) = re.findall(r"CODES =\n((?:\s+\"[a-z ]+\"\s*[+;]\n?)+)", source)
    assert " ".join(re.findall(r'"([^"]+)"', listed)).split() == sorted(NAMES)
