"""Large audio is translated while it still arrives; if it does not come, the request says so."""

from collections.abc import Iterator

import pytest

from tests.audio.tones import recording
from tests.contract.jobs_over_http import error
from tests.fakes.source import Step, head
from tests.worlds.http_api import ApiWorld

WAV = recording(150)  # 12 MB, six minutes
FIRST = len(WAV) * 2 // 3


@pytest.fixture
def large(world: ApiWorld) -> Iterator[ApiWorld]:
    """The same, for large files."""
    limits = {"MAX_AUDIO_BYTES": "20000000", "FETCH_TOTAL_SECONDS": "25"}
    with world.settings(**limits):
        yield world


def test_the_first_chunk_is_asked_for_before_the_last_byte_is_there(large: ApiWorld) -> None:
    served: list[int] = []

    def answer() -> Iterator[Step]:
        yield head(200, [("Content-Length", str(len(WAV)))])
        yield WAV[:FIRST]
        for _ in range(300):
            if large.provider.received:
                break
            yield 0.05
        served.append(len(large.provider.received))
        yield WAV[FIRST:]

    url = large.source.script("/talk.wav", answer)
    response = large.post({"audioFileUrl": url, "responseFormat": "verbose_json"})
    assert response.status_code == 200
    assert response.json()["duration"] == pytest.approx(len(WAV) / 32_000, abs=0.1)
    assert 0 < served[0] < len(large.provider.received)


def test_audio_that_breaks_off_is_not_translated_in_part(large: ApiWorld) -> None:
    url = large.source.file("/talk.wav", WAV[:FIRST], declared=len(WAV))
    response = large.post({"audioFileUrl": url})
    assert error(response) == (400, "audio_not_retrievable", "audioFileUrl")
