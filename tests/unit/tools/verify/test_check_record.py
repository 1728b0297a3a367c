"""The check of a record: which files it looks at, what it finds, and what it cannot check."""

from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from tests.unit.tools.verify.signed_files import FILES, entry, signed
from tools.verify.check_record import NotChecked, Report, check, record_of


def states(report: Report) -> dict[str, bool | None]:
    return {finding.name: finding.right for finding in report.findings}


def test_what_is_as_it_was_signed_holds(tmp_path: Path) -> None:
    report = check(signed(tmp_path))
    assert report.holds
    assert states(report) == {
        "record.json": True,
        "result.srt": True,
        "transcript.html": True,
        "source a.mp3": True,
    }


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("change", ["changed", "cut", "longer"])
def test_a_file_that_was_changed_is_named_and_no_other(
    tmp_path: Path, name: str, change: str
) -> None:
    record = signed(tmp_path)
    content = FILES[name]
    changed = {"changed": b"X" + content[1:], "cut": content[:-1], "longer": content + b"\n"}
    (tmp_path / name).write_bytes(changed[change])
    report = check(record)
    assert not report.holds
    told = f"source {name}" if name == "a.mp3" else name
    assert [one for one, right in states(report).items() if right is False] == [told]


def test_a_file_that_is_not_here_is_told_and_fails_nothing(tmp_path: Path) -> None:
    record = signed(tmp_path)
    (tmp_path / "a.mp3").unlink()
    report = check(record)
    assert states(report)["source a.mp3"] is None
    assert report.holds


def test_a_record_alone_has_nothing_to_hold_for(tmp_path: Path) -> None:
    record = signed(tmp_path)
    for name in FILES:
        (tmp_path / name).unlink()
    assert not check(record).holds


def test_a_record_without_a_signature_does_not_hold(tmp_path: Path) -> None:
    record = signed(tmp_path)
    (tmp_path / "record.json.sig").unlink()
    assert states(check(record))["record.json"] is False


@pytest.mark.parametrize("garbage", [b"", b"\x30\x06\x02\x01\x00\x02\x01\x00", b"x" * 70])
def test_a_broken_signature_does_not_hold(tmp_path: Path, garbage: bytes) -> None:
    record = signed(tmp_path)
    (tmp_path / "record.json.sig").write_bytes(garbage)
    assert states(check(record))["record.json"] is False


def test_the_key_and_the_audio_may_lie_elsewhere(tmp_path: Path) -> None:
    record = signed(tmp_path / "job")
    key, audio = tmp_path / "k", tmp_path / "sound"
    (tmp_path / "job" / "key.pem").rename(key)
    (tmp_path / "job" / "a.mp3").rename(audio)
    report = check(record, key=key, source=audio)
    assert states(report)["source sound"] is True
    assert report.holds


def test_audio_is_found_in_a_copy_of_the_bucket(tmp_path: Path) -> None:
    record = signed(tmp_path / "translations" / "calls", prefix="a.mp3.")
    (tmp_path / "uploads" / "calls").mkdir(parents=True)
    (tmp_path / "translations" / "calls" / "a.mp3").rename(tmp_path / "uploads/calls/a.mp3")
    assert states(check(record))["source a.mp3"] is True


def test_a_record_names_no_path(tmp_path: Path) -> None:
    outside = tmp_path / "result.srt"
    outside.write_bytes(FILES["result.srt"])
    for name in ("../result.srt", str(outside)):
        record = signed(tmp_path / "job", outputs=[entry("result.srt") | {"name": name}])
        (tmp_path / "job" / "result.srt").unlink()
        assert states(check(record))["result.srt"] is None


@pytest.mark.parametrize(
    "changes",
    [
        {"type": "another"},
        {"outputs": None},
        {"outputs": [{"name": "a"}]},
        {"source": {"name": 1, "sha256": "a"}},
    ],
)
def test_what_is_no_record_is_not_checked(tmp_path: Path, changes: dict[str, Any]) -> None:
    with pytest.raises(NotChecked, match="CHANGED, or it was never a record"):
        check(signed(tmp_path, **changes))


def test_without_a_key_nothing_is_checked(tmp_path: Path) -> None:
    record = signed(tmp_path)
    (tmp_path / "key.pem").unlink()
    with pytest.raises(NotChecked, match="GET /record/key"):
        check(record)


def test_another_kind_of_key_is_refused(tmp_path: Path) -> None:
    record = signed(tmp_path)
    other = rsa.generate_private_key(65537, 2048).public_key()
    pem = other.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    for content, why in ((pem, "ECDSA"), (b"no key", "PEM")):
        (tmp_path / "key.pem").write_bytes(content)
        with pytest.raises(NotChecked, match=why):
            check(record)


@pytest.mark.parametrize("named", ["", "record.json", "result.srt", "a.mp3"])
def test_the_record_is_found_by_its_folder_or_any_file_beside_it(
    tmp_path: Path, named: str
) -> None:
    record = signed(tmp_path)
    assert record_of(tmp_path / named) == record


@pytest.mark.parametrize(
    "named", ["b.mp3.vtt", "b.mp3.verbose.json", "b.mp3.transcript.html", "b.mp3"]
)
def test_beside_a_translation_it_is_the_one_of_its_recording(tmp_path: Path, named: str) -> None:
    signed(tmp_path, prefix="a.mp3.")
    record = signed(tmp_path, prefix="b.mp3.")
    assert record_of(tmp_path / named) == record


def test_where_there_is_none_that_is_said(tmp_path: Path) -> None:
    with pytest.raises(NotChecked, match="There is no record"):
        record_of(tmp_path / "a.srt")


def test_of_a_long_name_the_record_has_the_end(tmp_path: Path) -> None:
    outputs = [entry("result.srt") | {"name": "\N{HORIZONTAL ELLIPSIS}ong.mp3.srt"}]
    source = entry("a.mp3") | {"name": "\N{HORIZONTAL ELLIPSIS}ong.mp3"}
    record = signed(tmp_path, prefix="very long.mp3.", outputs=outputs, source=source)
    (tmp_path / "result.srt").rename(tmp_path / "very long.mp3.srt")
    (tmp_path / "a.mp3").rename(tmp_path / "very long.mp3")
    (tmp_path / "as long.mp3.srt").write_bytes(b"of another recording")
    assert states(check(record)) == {
        "very long.mp3.record.json": True,
        "very long.mp3.srt": True,
        "source very long.mp3": True,
    }


@pytest.mark.parametrize("name", ["a\x1b[2J\nThe record holds.", "a" * 5_000, "\u2026", ".", ""])
def test_a_name_that_no_file_has_is_not_shown(tmp_path: Path, name: str) -> None:
    outputs = [entry("result.srt"), {**entry("transcript.html"), "name": name}]
    report = check(signed(tmp_path, outputs=outputs))
    assert report.findings[2].name == "nameless"
    assert report.findings[2].right is None
