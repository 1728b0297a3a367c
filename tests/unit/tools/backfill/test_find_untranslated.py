"""Which objects of a bucket are taken for recordings without a translation."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from audio_translation.aws.bucket_keys import result_path
from tools.backfill.bucket_listing import ListedPage, Object
from tools.backfill.extension_bitrates import may_be_audio
from tools.backfill.find_untranslated import Page, State, find_untranslated

RESULTS = (".json", ".vtt", ".srt", ".txt", ".verbose.json")


class Keys:
    """A bucket in memory that lists as S3 does, but fewer keys at once."""

    def __init__(self, keys: set[str], *, at_once: int = 1000, results_at_once: int = 1000) -> None:
        self._keys = sorted(keys, key=str.encode)
        self._at_once, self._results_at_once = at_once, results_at_once
        self.listed = 0
        self.requests = 0

    def __call__(self, prefix: str, after: str, limit: int) -> ListedPage:
        found = [k for k in self._keys if k.startswith(prefix) and k.encode() > after.encode()]
        ours = prefix.startswith("translations/")
        page = found[: min(limit, self._results_at_once if ours else self._at_once)]
        self.listed += len(page)
        self.requests += 1
        return ListedPage([Object(key, 1) for key in page], len(found) > len(page))


def walked(bucket: Keys, prefix: str = "", after: str = "") -> list[Page]:
    return list(find_untranslated(bucket, prefix=prefix, after=after, audio_folder="audio"))


def states(found: list[Page]) -> dict[str, State]:
    listed = [(o.key, state) for page in found for state, o in page.states]
    assert len({key for key, _ in listed}) == len(listed)
    return dict(listed)


def naive(keys: set[str], prefix: str) -> dict[str, State]:
    """The same with the whole bucket at hand."""
    expected = {}
    for key in keys:
        name = key.split("/")[-1]
        ours = key.startswith(("translations/", "jobs/", "audio/"))
        if not key.startswith(prefix) or ours or name in ("", "translation.json"):
            continue
        path = "translations/" + key.removeprefix("uploads/")
        if not may_be_audio(key):
            expected[key] = State.OTHER
        elif any(path + suffix in keys for suffix in RESULTS):
            expected[key] = State.TRANSLATED
        else:
            failed = path + ".error.json" in keys
            expected[key] = State.FAILED if failed else State.UNTRANSLATED
    return expected


PIECES = st.sampled_from(
    [
        *("a", "b", "/", ".", "-", " ", "+", "%", "%2F", "!", "~", "0", "\t", "\x01"),
        *("é", "e\u0301", "\uffee", "\U0001f600", "\U0010ffff"),
        *(".mp3", ".wav", ".json", ".vtt", ".error", ".verbose"),
        *("uploads/", "calls/", "translation.json"),
    ]
)
NAMES = st.lists(PIECES, min_size=1, max_size=5).map("".join)
KEYS = st.one_of(NAMES, NAMES.map("uploads/{}".format), NAMES.map("calls/{}".format))


@st.composite
def buckets(draw: st.DrawFn) -> set[str]:
    keys = draw(st.sets(KEYS, min_size=1, max_size=25))
    # Keys that others begin with, to every depth.
    for key in draw(st.lists(st.sampled_from(sorted(keys)), max_size=6)):
        keys.add(key + draw(NAMES))
    suffixes = st.sampled_from([*RESULTS, ".error.json", ".mp3", ""])
    for key in draw(st.lists(st.sampled_from(sorted(keys)), max_size=20)):
        keys.add(result_path(key) + draw(suffixes))
    return keys | {draw(st.sampled_from(["jobs/", "audio/"])) + draw(NAMES) for _ in range(2)}


@settings(max_examples=150, deadline=None)
@given(
    buckets(),
    st.sampled_from(["", "u", "uploads/", "calls/", "calls/a", "tr"]),
    st.integers(1, 8),
    st.integers(1, 3),
)
def test_the_walk_finds_what_a_set_of_all_keys_finds(
    keys: set[str], prefix: str, at_once: int, results_at_once: int
) -> None:
    found = walked(Keys(keys, at_once=at_once, results_at_once=results_at_once), prefix)

    assert states(found) == naive(keys, prefix)
    lasts = [page.last.encode() for page in found]
    assert lasts == sorted(set(lasts))


@settings(max_examples=200, deadline=None)
@given(buckets(), st.integers(1, 5), st.data())
def test_a_walk_that_goes_on_after_any_page_finds_the_rest(
    keys: set[str], at_once: int, data: st.DataObject
) -> None:
    found = walked(Keys(keys, at_once=at_once))
    done = data.draw(st.integers(0, len(found)))
    after = found[done - 1].last if done else ""

    rest = walked(Keys(keys, at_once=at_once), after=after)

    assert {**states(found[:done]), **states(rest)} == naive(keys, "")


def test_a_key_that_the_pages_last_key_begins_with_has_its_result_found() -> None:
    keys = {"a.mp3", "a.mp3-2", "translations/a.mp3.vtt"}
    assert states(walked(Keys(keys))) == {
        "a.mp3": State.TRANSLATED,
        "a.mp3-2": State.UNTRANSLATED,
    }


def test_translations_are_listed_about_once_and_other_output_hardly_at_all() -> None:
    recordings = {f"uploads/{n:04}.mp3" for n in range(3000)}
    results = {result_path(key) + ".json" for key in recordings}
    outputs = {f"jobs/{n}/text" for n in range(5000)} | {f"audio/{n}" for n in range(5000)}
    bucket = Keys(recordings | results | outputs)

    found = states(walked(bucket))

    assert set(found.values()) == {State.TRANSLATED}
    # Each folder of ours costs a page; each page of recordings one of results beyond its own.
    assert bucket.listed <= 3000 + 3000 + 3 * 1000 + 5 * 1000
    assert bucket.requests <= 25


def test_leftovers_between_results_are_passed_over() -> None:
    keys = {"a.mp3", "c.mp3", "d.mp3", "translations/c.mp3.srt"}
    keys |= {f"translations/b{n}.mp3.json" for n in range(50)}
    assert states(walked(Keys(keys, at_once=3, results_at_once=3))) == {
        "a.mp3": State.UNTRANSLATED,
        "c.mp3": State.TRANSLATED,
        "d.mp3": State.UNTRANSLATED,
    }


@pytest.mark.parametrize(
    ("found", "state"),
    [
        (Object("a.mp3", 1), State.UNTRANSLATED),
        (Object("a.mp3", 0), State.EMPTY),
        (Object("a.mp3", 1, archived=True), State.ARCHIVED),
        (Object("a.pdf", 0), State.OTHER),
        (Object("a" * 998 + "", 1), State.UNTRANSLATED),
        (Object("a" * 999, 1), State.TOO_LONG),
        (Object("é" * 500, 1), State.TOO_LONG),
        (Object("uploads/" + "a" * 998, 1), State.UNTRANSLATED),
    ],
)
def test_a_listing_tells_what_cannot_be_translated(found: Object, state: State) -> None:
    def listing(prefix: str, after: str, limit: int) -> ListedPage:
        return ListedPage([found] if found.key.startswith(prefix) and not after else [], more=False)

    ((page),) = walked(listing)  # type: ignore[arg-type]
    assert page.states == [(state, found)]
