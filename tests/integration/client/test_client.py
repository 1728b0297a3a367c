"""The client against a whole deployment: the Python API as an application uses it, the command.

They are in one file because a file's tests run in one process, with one deployment.
"""

import io
import json
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from audio_translate import (
    ApiError,
    AudioTranslate,
    InvalidApiKey,
    NotFound,
    NotWritten,
    Progress,
    Stopped,
    TimedOut,
    UnsupportedAudio,
    sending,
)
from audio_translate.command.main import main
from audio_translate.limits import Limits
from local import REPOSITORY
from tests.audio import tones
from tests.e2e.shown_commands import run as shell
from tests.e2e.shown_commands import shown
from tests.fakes.provider.text_answers import translated
from tests.worlds.deployment import KEY, SAID, Deployment, Trouble
from tools.verify.check_record import check

pytestmark = pytest.mark.timeout(120)
HELLO = "This is sentence 0. This is sentence 1. This is sentence 2."


@pytest.fixture(autouse=True)
def _environment(
    deployment: Deployment,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    """What a user has set, and a folder to work in."""
    monkeypatch.setenv("AUDIO_TRANSLATE_URL", deployment.url)
    monkeypatch.setenv("AUDIO_TRANSLATE_API_KEY", KEY)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path_factory.mktemp("no-configuration")))
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO()))


@pytest.fixture
def _at_once(deployment: Deployment) -> Iterator[None]:
    with deployment.at_once():
        yield


AT_ONCE = pytest.mark.usefixtures("_at_once")


def own(printed: str) -> str:
    """What the command printed; the service's functions print their log to the same stdout."""
    return "".join(
        line
        for line in printed.splitlines(keepends=True)
        if not line.startswith(('{"_aws"', '{"level"'))
    )


def paid(deployment: Deployment) -> int:
    return sum(deployment.provider.paid.values())


# The Python API


def test_an_application_translates_and_saves(
    client: AudioTranslate, deployment: Deployment, talk: Path, tmp_path: Path
) -> None:
    seen: list[Progress] = []

    result = client.translate(talk, format=["text", "srt", "vtt"], on_progress=seen.append)

    assert result.text == HELLO
    assert [(s.start, s.end, s.text) for s in result.segments] == [
        (1.0, 2.5, "This is sentence 0."),
        (3.5, 5.0, "This is sentence 1."),
        (6.0, 7.5, "This is sentence 2."),
    ]
    assert (result.model, result.warnings, result.duration) == ("whisper-1", (), 8.5)
    assert (result.untranslated_segments, result.untranslated_seconds) == (0, 0.0)
    assert result.save(tmp_path / "talk.srt").read_text().startswith("1\n00:00:01,000 -->")
    assert result.save(tmp_path / "talk.vtt").read_text().startswith("WEBVTT")
    with pytest.raises(NotWritten, match="there already"):
        result.save(tmp_path / "talk.srt")
    assert len(result.lay_out("srt", maxLineLength=12)) > len(result.content("text"))
    assert seen[0].stage == "uploading"
    assert seen[-1].job is not None
    assert (seen[-1].done, seen[-1].total) == (8.5, 8.5)
    assert deployment.calls["POST /translate"] == 1
    assert paid(deployment) == 1


def test_a_short_recording_can_be_answered_at_once(
    client: AudioTranslate, deployment: Deployment, talk: Path
) -> None:
    result = client.translate(talk, at_once=True, format="srt")
    assert result.content("srt").startswith("1\n00:00:01,000 -->")
    assert (result.job, result.model, result.cost) == (None, "whisper-1", None)
    with pytest.raises(ApiError, match="only the format srt"):
        result.content("vtt")
    assert list(deployment.calls) == ["POST /translate"]


def test_a_file_that_is_too_large_for_a_form_is_uploaded(
    client: AudioTranslate, deployment: Deployment, talk: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sending, "LARGEST_FORM", 1000)
    deployment.s3.cuts = 2

    with deployment.uploads.delivering():
        result = client.translate(talk, include=["source"], name="Señor's talk.wav")

    assert result.segments[0].source == "Esta es la frase 0."
    assert result.job is not None
    assert result.job.file_name == "Señor's talk.wav"
    assert deployment.s3.cuts == 0
    assert deployment.calls["POST /uploads"] == 1
    assert paid(deployment) == 1


def test_streams_and_urls_are_translated(client: AudioTranslate, deployment: Deployment) -> None:
    content = tones.recording(2)
    deployment.uploads.put("audio/call.wav", content)
    by_url = client.translate("s3://audio-translation-test/audio/call.wav")
    stream = io.BytesIO(b"before" + content)
    stream.seek(6)
    assert client.translate(stream).text == by_url.text == "This is sentence 0. This is sentence 1."


def test_an_answer_that_is_lost_is_asked_for_again_and_paid_once(
    client: AudioTranslate, deployment: Deployment, talk: Path
) -> None:
    left = [
        Trouble(429, {"Retry-After": "0"}),
        Trouble(502, served=True),
        Trouble(503, {"Retry-After": "0"}),
    ]
    deployment.trouble = lambda r: left.pop(0) if left and r.method == "POST" else None
    before = len(deployment.statuses())

    assert client.translate(talk).text == HELLO

    assert deployment.calls["POST /translate"] == 4
    assert len(deployment.statuses()) == before + 1
    assert paid(deployment) == 1


def test_errors_have_the_class_of_their_code(
    client: AudioTranslate, deployment: Deployment, tmp_path: Path
) -> None:
    page = tmp_path / "page.mp3"
    page.write_text("<html></html>")
    with pytest.raises(UnsupportedAudio, match="not audio") as caught:
        client.translate(page)
    assert (caught.value.status, caught.value.code) == (400, "unsupported_audio")
    assert caught.value.request_id
    with pytest.raises(NotFound, match="no such job"):
        client.job("nobody's")
    with AudioTranslate(deployment.url, "wrong") as other, pytest.raises(InvalidApiKey):
        other.translate(page)


@AT_ONCE
def test_many_are_translated_and_one_that_fails_stops_no_other(
    client: AudioTranslate, talk: Path, tmp_path: Path
) -> None:
    sources = [talk, tmp_path / "not there.wav", talk]
    outcomes = list(client.translate_many(sources, jobs=2, format="srt"))
    assert len(outcomes) == 3
    assert {str(o.error) for o in outcomes if o.error} == {
        "not there.wav cannot be read: No such file or directory."
    }
    assert [o.result.text for o in outcomes if o.result] == [SAID, SAID]


def test_who_waits_no_longer_can_fetch_the_result_later(
    client: AudioTranslate, deployment: Deployment, talk: Path
) -> None:
    deployment.provider.delay = 1
    with pytest.raises(TimedOut) as caught:
        client.translate(talk, timeout=0.7)
    assert caught.value.job_id
    assert client.result(caught.value.job_id, format="srt").text == HELLO
    assert paid(deployment) == 1


def test_whoever_stops_cancels_the_job(
    client: AudioTranslate, deployment: Deployment, talk: Path
) -> None:
    deployment.provider.delay = 2
    stop = threading.Event()
    deployment.provider.on_call = lambda _: stop.set()
    with pytest.raises(Stopped) as caught:
        client.translate(talk, stop=stop)
    assert not caught.value.goes_on
    assert deployment.statuses()[0] == "cancelled"


@AT_ONCE
def test_what_is_paid_is_kept_when_somebody_stops(
    client: AudioTranslate, deployment: Deployment, talk: Path
) -> None:
    stop = threading.Event()

    def leave(progress: Progress) -> None:
        if progress.job is not None and progress.job.ended:
            stop.set()

    with pytest.raises(Stopped) as caught:
        client.translate(talk, stop=stop, on_progress=leave)
    assert caught.value.goes_on
    assert caught.value.job_id
    assert client.result(caught.value.job_id).text == SAID


@AT_ONCE
def test_jobs_are_listed_and_deleted(client: AudioTranslate, talk: Path) -> None:
    job = client.submit(talk, reference="mine")
    assert next(client.jobs(limit=1)).id == job.id
    assert client.wait(job.id).status == "succeeded"
    assert client.job(job.id).fields["reference"] == "mine"
    client.cancel(job.id)
    with pytest.raises(NotFound):
        client.job(job.id)


# The command


@AT_ONCE
def test_two_broken_files_among_twenty_stop_no_other(
    deployment: Deployment, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    for number in range(20):
        path = tmp_path / "recordings" / f"{number:02}.wav"
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(b"no audio" if number in {3, 11} else tones.recording(1))

    status = main([str(tmp_path / "recordings"), "-o", str(tmp_path / "texts"), "-j", "6"])

    told = capfd.readouterr().err
    assert status == 1
    written = sorted(path.name for path in (tmp_path / "texts").iterdir())
    assert written == [f"{n:02}.txt" for n in range(20) if n not in {3, 11}]
    assert {path.read_text().strip() for path in (tmp_path / "texts").iterdir()} == {SAID}
    assert told.count("(unsupported_audio, request ") == 2
    assert "18 of 20 done, 2 failed" in told
    assert KEY not in told


@AT_ONCE
def test_one_file_goes_to_stdout_and_says_the_rest_on_stderr(
    talk: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    assert main([str(talk)]) == 0
    captured = capfd.readouterr()
    assert own(captured.out) == f"{SAID}\n"
    assert re.search(r"\(whisper-1, \$0\.\d+, job ", captured.err)


def test_several_formats_of_equal_names_are_paid_once_and_lie_apart(
    deployment: Deployment, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("a/talk.wav", "b/talk.wav", "b/talk.mp3"):
        Path(name).parent.mkdir(exist_ok=True)
        Path(name).write_bytes(tones.recording(1 if name[0] == "a" else 2))

    formats = "--format=srt,json,verbose_json"
    assert main(["a/talk.wav", "b/talk.wav", "b/*.mp3", "-o", "out/", formats, "-q"]) == 0

    assert sorted(path.name for path in Path("out").iterdir()) == sorted(
        f"{stem}.{kind}"
        for stem in ("talk", "talk.wav", "talk.mp3")
        for kind in ("srt", "json", "verbose.json")
    )
    assert json.loads(Path("out/talk.json").read_text())["text"] == "This is sentence 0."
    assert "segments" in json.loads(Path("out/talk.verbose.json").read_text())
    assert deployment.calls["POST /translate"] == paid(deployment) == 3


@AT_ONCE
def test_no_file_is_replaced_unless_that_is_wanted(
    deployment: Deployment, talk: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    output = talk.with_name("talk.srt")
    output.write_text("mine")
    assert main([str(talk), "-o", str(output)]) == 1
    assert "--overwrite" in capfd.readouterr().err
    assert main([str(talk), "-o", str(output), "--skip-existing"]) == 0
    assert (output.read_text(), deployment.asked) == ("mine", [])
    assert main([str(talk), "-o", str(output), "--overwrite"]) == 0
    assert output.read_text().startswith("1\n")
    assert sorted(path.name for path in talk.parent.iterdir()) == ["talk.srt", "talk.wav"]


@AT_ONCE
def test_json_has_one_object_for_each(
    talk: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    assert main([str(talk), str(tmp_path / "none.wav"), "--json", "-q", "-o", "-"]) == 1
    objects = [json.loads(line) for line in own(capfd.readouterr().out).splitlines()]
    well, badly = sorted(objects, key=lambda one: str(one["status"]), reverse=True)
    assert (well["status"], well["text"].strip(), well["files"]) == ("succeeded", SAID, [])
    assert (well["model"], well["seconds"], well["untranslatedSeconds"]) == ("whisper-1", 3.0, 0)
    assert badly["error"]["message"].startswith("none.wav cannot be read")


@AT_ONCE
def test_a_job_is_sent_listed_fetched_and_cancelled(
    talk: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main([str(talk), "--no-wait"]) == 0
    job_id = own(capfd.readouterr().out).strip()
    assert main(["job", job_id]) == 0
    assert own(capfd.readouterr().out).strip() == SAID
    assert main(["job", job_id, "-f", "srt,vtt", "--style", "social", "-q"]) == 0
    assert Path("talk.vtt").read_text().startswith("WEBVTT")
    assert main(["job", job_id, "-o", "talk.srt"]) == 1
    assert main(["job", job_id, "--status"]) == 0
    assert main(["jobs", "--limit", "1"]) == 0
    listed = own(capfd.readouterr().out)
    assert listed.count(job_id) == 2
    assert "talk.wav" in listed
    assert main(["jobs", "--json", "--limit", "1"]) == 0
    assert json.loads(own(capfd.readouterr().out))["id"] == job_id
    assert main(["cancel", job_id]) == 0
    assert main(["cancel", job_id]) == 1
    assert main(["job", job_id]) == 1
    assert "not_found" in capfd.readouterr().err


def test_a_record_can_be_verified_where_it_is_written(
    client: AudioTranslate, talk: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    output = tmp_path / "talk.srt"
    assert main([str(talk), "-o", str(output), "--record"]) == 0
    folder = tmp_path / "talk.srt.record"
    (folder / "key.pem").write_text(client._connection.call(*_GET_KEY).text)
    report = check(folder / "record.json", source=talk)
    assert report.holds, report
    assert (folder / "result.srt").read_text() == output.read_text()


def test_what_is_late_goes_on_and_is_told_so(
    deployment: Deployment, talk: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    deployment.provider.delay = 1
    assert main([str(talk), "--timeout", "0.5"]) == 4
    assert "audio-translate job " in capfd.readouterr().err


def test_a_wrong_key_ends_it_at_once_and_is_never_shown(
    deployment: Deployment, talk: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    others = [str(tmp_path / f"{number}.wav") for number in range(5)]
    for other in others:
        Path(other).write_bytes(tones.recording(1))
    assert main([*others, "-j", "1", "--api-key", "a-wrong-key"]) == 3
    captured = capfd.readouterr()
    assert "invalid_api_key" in captured.err
    assert "a-wrong-key" not in captured.err + captured.out
    assert deployment.calls["POST /translate"] == 1


@AT_ONCE
def test_hostile_names_are_shown_harmlessly_and_stay_in_their_folder(
    talk: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    names = ["\x1b[31mred\n.wav", "-rf.wav", "[a].wav", "a\udcff.wav", "“x”;\"'`$(x).wav"]
    (tmp_path / "in").mkdir()
    for name in names:
        (tmp_path / "in" / name).write_bytes(tones.recording(1))
    monkeypatch.chdir(tmp_path / "in")

    assert main(["--", *names, "[b*"]) == 1

    told = capfd.readouterr().err
    assert "\x1b" not in told
    assert "nothing matches it" in told
    expected = sorted(names + [name.removesuffix("wav") + "txt" for name in names])
    assert sorted(path.name for path in Path().iterdir()) == expected


def test_a_pipe_is_translated_and_ctrl_c_cancels_the_job_on_the_server(
    deployment: Deployment, talk: Path
) -> None:
    ran = run("-", stdin=talk.read_bytes())
    assert (ran.returncode, ran.stdout) == (0, HELLO.encode() + b"\n"), ran.stderr
    deployment.provider.delay = 4
    called = threading.Event()
    deployment.provider.on_call = lambda _: called.set()
    with subprocess.Popen([*COMMAND, str(talk)], stderr=subprocess.PIPE, cwd=REPOSITORY) as process:
        try:
            assert called.wait(30)
            process.send_signal(signal.SIGINT)
            told = process.communicate(timeout=30)[1].decode()
        finally:
            process.kill()
    deployment.provider.delay = 0
    assert process.returncode == 130
    assert "Traceback" not in told
    assert "Cancelling" in told
    assert "Not cancelled" not in told
    assert deployment.statuses()[0] == "cancelled"


def test_the_command_of_its_page_makes_german_subtitles(
    deployment: Deployment, talk: Path, tmp_path: Path
) -> None:
    talk.rename(tmp_path / "talk.mp4")
    name, *_ = command = shown("translate with the client").split()
    function = f'{name}() {{ {" ".join(COMMAND)} "$@"; }}\n'
    environ = {"PYTHONPATH": str(REPOSITORY / "client")}
    shell(function + " ".join(command), environ=environ, cwd=tmp_path)
    subtitles = (tmp_path / "talk.srt").read_text()
    assert translated("Esta es la frase 0.").split()[0] in subtitles
    assert subtitles.startswith("1\n00:00:01,")


COMMAND = [sys.executable, "-m", "audio_translate.command.main"]
_GET_KEY: Any = ("GET", "/record/key", Limits())


def run(*arguments: str, stdin: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [*COMMAND, *arguments],
        cwd=REPOSITORY,
        input=stdin,
        capture_output=True,
        timeout=60,
        check=False,
    )
