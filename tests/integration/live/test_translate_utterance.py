"""One utterance through the pipeline: what is said of it, its limits, what was said before."""

import hashlib
import io
import wave
from collections import deque
from collections.abc import Callable
from pathlib import Path

import pytest

from audio_translation.deadline import Deadline
from audio_translation.errors import AudioTooLarge, ProviderRejected, UnsupportedAudio
from audio_translation.jobs.job import Job
from audio_translation.live.live_sessions import LiveSessions
from audio_translation.live.translate_utterance import NotTranslated, SentUtterance
from audio_translation.live.utterance import Utterance
from audio_translation.translation.request import TranslationRequest
from tests.audio.media_files import browser_webm, encode
from tests.audio.tones import decoded, english, recording, spanish, spoken
from tests.fakes.provider.answers import Answer, envelope, verbose_json
from tests.unit.jobs.made_jobs import made
from tests.worlds.jobs import JobWorld


def session(**fields: object) -> Job:
    request = TranslationRequest.model_validate({"audioFileUrl": "s3://b/k", **fields})
    return made("live", request=request)


def translated(
    live: LiveSessions, audio: bytes, job: Job | None = None, *before: Utterance, seq: int = 0
) -> Utterance:
    sent = SentUtterance(seq, 1_000, audio, hashlib.sha256(audio).hexdigest())
    return live.translate.translate(sent, job or session(), before, Deadline.after(20))


def silence(seconds: float) -> bytes:
    file = io.BytesIO()
    with wave.open(file, "wb") as writer:
        writer.setparams((1, 2, 8_000, 0, "NONE", ""))
        writer.writeframes(bytes(round(2 * 8_000 * seconds)))
    return file.getvalue()


def test_it_has_the_text_the_length_and_the_sum_of_its_audio(live: LiveSessions) -> None:
    audio = spoken([4, 5])
    found = translated(live, audio, seq=3)
    assert (found.seq, found.start, found.length, found.size) == (3, 1_000, 6_000, len(audio))
    assert found.text == f"{english(4)} {english(5)}"
    assert found.sha256 == hashlib.sha256(audio).hexdigest()
    assert 0 < found.paid <= 6_000


def test_what_was_said_is_known_in_two_steps(live: LiveSessions) -> None:
    found = translated(live, spoken([4]), session(include=["source"]))
    assert (found.source, found.language) == (spanish(4), "es")


FORMATS: dict[str, Callable[[Path, bytes], None]] = {
    "webm": browser_webm,
    "ogg": lambda path, data: encode(path, "libopus", data, rate=48_000),
    "flac": lambda path, data: encode(path, "flac", data),
}


@pytest.mark.parametrize("kind", FORMATS)
def test_browsers_and_encoders_formats_are_taken(
    live: LiveSessions, jobs: JobWorld, tmp_path: Path, kind: str
) -> None:
    path = tmp_path / f"a.{kind}"
    FORMATS[kind](path, decoded(spoken([6])))
    jobs.provider.script.append(Answer(verbose_json("Hello.")))
    found = translated(live, path.read_bytes())
    assert found.text == "Hello."
    assert abs(found.length - 3_500) <= 100


def test_thirty_seconds_are_taken_and_more_is_refused_without_asking_anybody(
    live: LiveSessions, jobs: JobWorld
) -> None:
    assert translated(live, silence(30)).text == ""
    for audio in (silence(30.5), recording(13)):
        with pytest.raises(AudioTooLarge, match="at most 30 seconds") as raised:
            translated(live, audio)
        assert raised.value.param is None
    assert jobs.provider.received == []


def test_what_is_no_audio_is_refused(live: LiveSessions) -> None:
    with pytest.raises(UnsupportedAudio) as raised:
        translated(live, b"%PDF-1.7 not audio" * 100)
    assert raised.value.param is None


def test_a_failure_tells_how_much_audio_it_is_about(live: LiveSessions, jobs: JobWorld) -> None:
    jobs.provider.instead[2] = deque([Answer(envelope("You may not"), 403)])
    with pytest.raises(NotTranslated) as raised:
        translated(live, spoken([2]))
    assert isinstance(raised.value.reason, ProviderRejected)
    assert raised.value.length == 3_500


def test_what_was_said_before_follows_the_prompt_in_one_step(
    live: LiveSessions, jobs: JobWorld
) -> None:
    before = translated(live, spoken([1]))
    translated(live, spoken([2]), session(prompt="A talk."), before, seq=1)
    assert jobs.provider.received[-1].fields["prompt"] == f"A talk. {english(1)}"


def test_what_was_said_before_is_context_for_the_text_model_in_two_steps(
    live: LiveSessions, jobs: JobWorld
) -> None:
    job = session(targetLanguage="de", prompt="A talk.")
    before = translated(live, spoken([1]), job)
    translated(live, spoken([2]), job, before, seq=1)
    question = jobs.provider.text_model.questions[-1]
    assert question.data["before"] == [spanish(1)]
    assert question.data["context"] == "A talk."
    heard = [one for one in jobs.provider.received if one.path.endswith("/transcriptions")]
    assert [one.fields.get("prompt") for one in heard] == ["A talk."] * 2


def test_who_says_the_same_again_is_believed(live: LiveSessions, jobs: JobWorld) -> None:
    before = translated(live, spoken([1]))
    assert translated(live, spoken([1]), None, before, seq=1).text == english(1)
    assert "prompt" not in jobs.provider.received[-1].fields


def test_nothing_of_it_stays_on_the_disk(live: LiveSessions, jobs: JobWorld) -> None:
    translated(live, spoken([1]))
    assert list(Path(jobs.work_folder).iterdir()) == []
