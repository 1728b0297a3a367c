"""What `make backfill` takes for an untranslated recording, and what it says about it."""

import itertools
import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from audio_translation.aws.bucket_keys import is_output, output_folders, result_path
from tools.backfill.estimate import Estimate
from tools.backfill.file_names import KBITS, extension, hours, may_be_audio
from tools.backfill.find_recordings import Listed, Object, Page, State, pages
from tools.backfill.progress import Progress, ProgressFile
from tools.backfill.upload_queue import message

RESULTS = (".json", ".vtt", ".srt", ".txt", ".verbose.json")


class Keys:
    """A bucket in memory that lists as S3 does, but fewer keys at once."""

    def __init__(self, keys: set[str], *, at_once: int = 1000, results_at_once: int = 1000) -> None:
        self._keys = sorted(keys, key=str.encode)
        self._at_once, self._results_at_once = at_once, results_at_once
        self.listed = 0
        self.requests = 0

    def __call__(self, prefix: str, after: str, limit: int) -> Listed:
        found = [k for k in self._keys if k.startswith(prefix) and k.encode() > after.encode()]
        ours = prefix.startswith("translations/")
        page = found[: min(limit, self._results_at_once if ours else self._at_once)]
        self.listed += len(page)
        self.requests += 1
        return Listed([Object(key, 1) for key in page], len(found) > len(page))


def walked(bucket: Keys, prefix: str = "", after: str = "") -> list[Page]:
    return list(pages(bucket, prefix=prefix, after=after, audio_folder="audio"))


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


@settings(max_examples=600, deadline=None)
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
    def listing(prefix: str, after: str, limit: int) -> Listed:
        return Listed([found] if found.key.startswith(prefix) and not after else [], more=False)

    ((page),) = walked(listing)  # type: ignore[arg-type]
    assert page.states == [(state, found)]


@pytest.mark.parametrize(
    ("key", "path"),
    [
        ("uploads/a/b.mp3", "translations/a/b.mp3"),
        ("calls/b.mp3", "translations/calls/b.mp3"),
        ("uploads/uploads/b.mp3", "translations/uploads/b.mp3"),
        ("my/uploads/b.mp3", "translations/my/uploads/b.mp3"),
        ("uploads/a b+c%2F ñ", "translations/a b+c%2F ñ"),
    ],
)
def test_results_lie_at_the_recordings_path(key: str, path: str) -> None:
    assert result_path(key) == path
    assert is_output(path + ".json", "audio")
    assert not is_output(key, "audio")


@pytest.mark.parametrize("folder", ["audio", "kept/audio"])
def test_what_lies_in_our_folders_is_our_output(folder: str) -> None:
    for prefix in output_folders(folder):
        assert is_output(f"{prefix}x.mp3", folder)
    assert not is_output(f"{folder}2/x.mp3", folder)
    assert not is_output("translations.mp3", folder)


@pytest.mark.parametrize(
    ("key", "of_key", "audio"),
    [
        ("a/b.MP3", "mp3", True),
        ("a/b.3gp", "3gp", True),
        ("a.wav/b", "", True),
        ("a/+49.30.123456", "", True),
        ("call of 2024.05.01", "", True),
        ("No. of something long", "", True),
        ("talk.mp3.", "", True),
        ("b.json", "json", False),
        ("b.mp3.txt", "txt", False),
        ("b\n.mp3", "mp3", True),
        (".DS_Store", "", False),
        ("a/._what macOS adds.mp3", "mp3", False),
    ],
)
def test_a_name_tells_whether_it_may_be_audio(key: str, of_key: str, audio: bool) -> None:
    assert extension(key) == of_key
    assert may_be_audio(key) == audio


def test_hours_are_guessed_by_extension() -> None:
    assert hours("mp3", 96_000 // 8 * 3600) == pytest.approx(1)
    assert hours("", 96_000 // 8 * 3600) == pytest.approx(1)
    assert all(hours(of_key, 10**9) > 0 for of_key in KBITS)


def test_the_estimate_says_what_is_there_and_what_it_costs() -> None:
    estimate = Estimate(retry=False, price_per_minute=0.006)
    hour = 96_000 // 8 * 3600
    estimate.add([(State.UNTRANSLATED, Object(f"{n}.mp3", hour)) for n in range(1500)])
    estimate.add([(State.TRANSLATED, Object("b.mp3", hour)), (State.OTHER, Object("c.pdf", 1))])
    estimate.add([(State.FAILED, Object("d.wav", hour)), (State.EMPTY, Object("e.wav"))])

    assert list(estimate.lines()) == [
        "      1,500  untranslated",
        "          1  translated",
        "          1  failed before (RETRY=1 queues them, too)",
        "          1  empty",
        "          1  no audio by name (.pdf)",
        "To be queued, with lengths guessed from sizes:",
        "      1,500  .mp3, 64.8 GB, about 1,500 h at 96 kbit/s",
        "1,500 recordings, 64.8 GB, about 1,500 h of audio: about $540.00 at $0.006 a minute.",
    ]
    assert estimate.looked_at == 1504


def test_the_estimate_counts_failed_recordings_when_they_are_queued() -> None:
    estimate = Estimate(retry=True, price_per_minute=0.006)
    estimate.add([(State.FAILED, Object("d.mp3", 96_000 // 8 * 3600))])
    assert estimate.recordings == 1
    assert estimate.dollars == pytest.approx(0.36)
    assert "          1  failed before" in list(estimate.lines())


def test_a_message_is_an_uploads_event_in_ascii() -> None:
    sent = message("b", key="a\x01 +%ñ😀.mp3", size=5, etag="e", again="now")
    assert sent.isascii()
    assert json.loads(sent) == {
        "source": "audio-translation.backfill",
        "detail-type": "Object Created",
        "detail": {
            "bucket": {"name": "b"},
            "object": {"key": "a\x01 +%ñ😀.mp3", "size": 5, "etag": "e"},
            "again": "now",
        },
    }
    assert "again" not in json.loads(message("b", key="a", size=5, etag="e"))["detail"]


def test_progress_outlives_its_process_until_it_is_deleted(tmp_path: Path) -> None:
    def file(bucket: str = "b", prefix: str = "ñ/", *, retry: bool = False) -> ProgressFile:
        return ProgressFile(tmp_path / "s", bucket=bucket, prefix=prefix, queue="q", retry=retry)

    begun = file().read()
    begun.after, begun.queued = "a\x01ñ", 7
    file().write(begun)

    assert file().read() == begun
    for other in (file("c"), file(prefix="n/"), file(retry=True)):
        assert other.read().after == ""
    file().delete()
    file().delete()
    assert file().read().after == ""
    assert list((tmp_path / "s").iterdir()) == []


def test_a_file_that_is_damaged_begins_anew(tmp_path: Path) -> None:
    file = ProgressFile(tmp_path, bucket="b", prefix="", queue="q", retry=False)
    file.write(Progress(after="x"))
    (path,) = tmp_path.iterdir()
    path.write_bytes(b"\xff{")
    assert file.read().after == ""


def test_runs_have_stamps_of_their_own() -> None:
    stamps = {Progress().again for _ in itertools.repeat(None, 2)}
    assert all(stamp.endswith("+00:00") for stamp in stamps)
