"""What a program does with OpenAI's Python SDK, one row of rows.py after the other.

    python suite.py BASE_URL API_KEY RECORDING

It runs with any version of the SDK and needs nothing else. Each row prints what it saw as one line
of JSON; what it should see is in rows.py.
"""

import io
import json
import sys
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openai

warnings.simplefilter("ignore")  # 3.x says at every call when the endpoint ends at OpenAI
BASE_URL, API_KEY, RECORDING = sys.argv[1:]
PATH = Path(RECORDING)
AUDIO = PATH.read_bytes()
CLIENT = openai.OpenAI(base_url=BASE_URL, api_key=API_KEY, max_retries=0, timeout=20)
ROWS: dict[str, Callable[[openai.OpenAI], dict[str, Any]]] = {}

Row = Callable[[openai.OpenAI], dict[str, Any]]


def row(name: str) -> Callable[[Row], Row]:
    def named(function: Row) -> Row:
        ROWS[name] = function
        return function

    return named


def ask(client: openai.OpenAI, **fields: Any) -> Any:
    return client.audio.translations.create(**{"model": "whisper-1", "file": PATH, **fields})


def caught(call: Callable[[], Any]) -> dict[str, Any]:
    """What a program catches."""
    try:
        answer = call()
    except openai.APIStatusError as error:
        return {
            "error": type(error).__name__,
            "status": error.status_code,
            "code": error.code,
            "param": error.param,
        }
    except openai.APITimeoutError as error:
        return {"error": type(error).__name__}
    return {"answer": repr(answer)}


@row("json")
def _(client: openai.OpenAI) -> dict[str, Any]:
    return {"text": ask(client).text}


@row("verbose_json")
def _(client: openai.OpenAI) -> dict[str, Any]:
    answer = ask(client, response_format="verbose_json")
    (segment,) = answer.segments
    return {
        "language": answer.language,
        "duration": float(answer.duration),
        "text": answer.text,
        "segment": segment.model_dump(),
    }


@row("text")
def _(client: openai.OpenAI) -> dict[str, Any]:
    return {"text": ask(client, response_format="text")}


@row("srt")
def _(client: openai.OpenAI) -> dict[str, Any]:
    return {"text": ask(client, response_format="srt")}


@row("vtt")
def _(client: openai.OpenAI) -> dict[str, Any]:
    return {"text": ask(client, response_format="vtt")}


@row("ttml, ass and csv")
def _(client: openai.OpenAI) -> dict[str, Any]:
    seen = {}
    for name in ("ttml", "ass", "csv"):  # 1.x raises NameError for an unknown response_format
        text = ask(client, extra_body={"response_format": name})
        seen[name] = text.removeprefix("\ufeff")[:11]
    return seen


@row("words of a translation")
def _(client: openai.OpenAI) -> dict[str, Any]:
    asked = {"response_format": "verbose_json", "extra_body": {"include[]": "words"}}
    words = ask(client, **asked).words
    return {
        "words": [word["word"] for word in words],
        "estimated": all(word["estimated"] for word in words),
    }


@row("content types")
def _(client: openai.OpenAI) -> dict[str, Any]:
    return {
        name: client.audio.translations.with_raw_response.create(
            model="whisper-1", file=PATH, response_format=name
        ).headers["content-type"]
        for name in ("json", "verbose_json", "text", "srt", "vtt")
    }


@row("file as a path")
def _(client: openai.OpenAI) -> dict[str, Any]:
    return {"text": ask(client, file=PATH).text}


@row("file as bytes")
def _(client: openai.OpenAI) -> dict[str, Any]:
    return {"text": ask(client, file=AUDIO).text}


@row("file as a stream")
def _(client: openai.OpenAI) -> dict[str, Any]:
    with PATH.open("rb") as stream:
        return {"text": ask(client, file=stream).text}


@row("file with a name")
def _(client: openai.OpenAI) -> dict[str, Any]:
    return {"text": ask(client, file=("señor.mp3", io.BytesIO(AUDIO), "audio/mpeg")).text}


@row("file name without an extension")
def _(client: openai.OpenAI) -> dict[str, Any]:
    return {"text": ask(client, file=("recording", AUDIO)).text}


@row("prompt and temperature")
def _(client: openai.OpenAI) -> dict[str, Any]:
    return {"text": ask(client, prompt="echo: Ñu", temperature=0.5).text}


@row("fields that are not documented")
def _(client: openai.OpenAI) -> dict[str, Any]:
    extra = {"timestamp_granularities[]": "word"}
    return {"text": ask(client, extra_body=extra).text}


@row("unknown response_format")
def _(client: openai.OpenAI) -> dict[str, Any]:
    return caught(lambda: ask(client, extra_body={"response_format": "mp3"}))


@row("no model")
def _(client: openai.OpenAI) -> dict[str, Any]:
    return caught(lambda: ask(client, model=""))


@row("temperature out of range")
def _(client: openai.OpenAI) -> dict[str, Any]:
    return caught(lambda: ask(client, temperature=2))


@row("no audio")
def _(client: openai.OpenAI) -> dict[str, Any]:
    return caught(lambda: ask(client, file=("a.mp3", b"%PDF-1.7")))


@row("an empty file")
def _(client: openai.OpenAI) -> dict[str, Any]:
    return caught(lambda: ask(client, file=("a.mp3", b"")))


@row("wrong key")
def _(client: openai.OpenAI) -> dict[str, Any]:
    return caught(lambda: ask(client.with_options(api_key="wrong-key")))


def refused(client: openai.OpenAI, size: int) -> tuple[dict[str, Any], str]:
    """What a program catches for a file of so many bytes, and the answer's own words."""
    said = []

    def send() -> None:
        try:
            ask(client, file=("a.mp3", bytes(size)))
        except openai.APIStatusError as error:
            said.append(error.response.text)
            raise

    return caught(send), said[0]


@row("4.5 to 10 MB")
def _(client: openai.OpenAI) -> dict[str, Any]:
    seen, said = refused(client, 5_000_000)
    return {**seen, "names POST /uploads": "POST /uploads" in said}


@row("over 10 MB")
def _(client: openai.OpenAI) -> dict[str, Any]:
    seen, said = refused(client, 11_000_000)
    return {**seen, "says": said}


@row("unknown model")
def _(client: openai.OpenAI) -> dict[str, Any]:
    return caught(lambda: ask(client, model="no-such-model"))


@row("unknown route")
def _(client: openai.OpenAI) -> dict[str, Any]:
    return caught(lambda: client.get("/nowhere", cast_to=object))


@row("provider fails")
def _(client: openai.OpenAI) -> dict[str, Any]:
    return caught(lambda: ask(client, prompt="refused"))


@row("provider has no credit")
def _(client: openai.OpenAI) -> dict[str, Any]:
    return caught(lambda: ask(client, prompt="no credit"))


@row("client's time-out")
def _(client: openai.OpenAI) -> dict[str, Any]:
    return caught(lambda: ask(client.with_options(timeout=0.5), prompt="slow"))


@row("retry after a 5xx")
def _(client: openai.OpenAI) -> dict[str, Any]:
    return {"text": ask(client.with_options(max_retries=2), prompt="refused once").text}


@row("retry after a 429")
def _(client: openai.OpenAI) -> dict[str, Any]:
    return {"text": ask(client.with_options(max_retries=2)).text}


@row("request id")
def _(client: openai.OpenAI) -> dict[str, Any]:
    answer = client.audio.translations.with_raw_response.create(model="whisper-1", file=PATH)
    return {"same": bool(answer.request_id) and answer.request_id == answer.parse()._request_id}


@row("base URL that ends with a slash")
def _(client: openai.OpenAI) -> dict[str, Any]:
    return {"text": ask(client.with_options(base_url=f"{BASE_URL}/")).text}


@row("models")
def _(client: openai.OpenAI) -> dict[str, Any]:
    listed = client.models.list()
    return {"whisper-1": "whisper-1" in [model.id for model in listed]}


@row("one model")
def _(client: openai.OpenAI) -> dict[str, Any]:
    model = client.models.retrieve("whisper-1")
    return {"id": model.id, "object": model.object, "owned_by": model.owned_by}


@row("no such model")
def _(client: openai.OpenAI) -> dict[str, Any]:
    return caught(lambda: client.models.retrieve("no-such-model"))


def transcribe(client: openai.OpenAI, **fields: Any) -> Any:
    return client.audio.transcriptions.create(**{"model": "whisper-1", "file": PATH, **fields})


@row("transcription: json")
def _(client: openai.OpenAI) -> dict[str, Any]:
    return {"text": transcribe(client).text}


@row("transcription: verbose_json")
def _(client: openai.OpenAI) -> dict[str, Any]:
    answer = transcribe(client, response_format="verbose_json")
    (segment,) = answer.segments
    return {
        "language": answer.language,
        "duration": float(answer.duration),
        "text": answer.text,
        "words": answer.words,
        "segment": {name: getattr(segment, name) for name in ("start", "end", "text")},
    }


@row("transcription: words")
def _(client: openai.OpenAI) -> dict[str, Any]:
    asked = {"response_format": "verbose_json", "timestamp_granularities": ["word"]}
    answer = transcribe(client, **asked)
    times = [time for word in answer.words for time in (word.start, word.end)]
    return {
        "words": [word.word for word in answer.words],
        "in order": times == sorted(times),
        "segments": answer.segments,
    }


@row("transcription: srt")
def _(client: openai.OpenAI) -> dict[str, Any]:
    return {"text": transcribe(client, response_format="srt")}


@row("transcription: language")
def _(client: openai.OpenAI) -> dict[str, Any]:
    return {"text": transcribe(client, language="es", prompt="what language").text}


@row("transcription: temperature and prompt")
def _(client: openai.OpenAI) -> dict[str, Any]:
    return {"text": transcribe(client, prompt="echo: Ñu", temperature=0.5).text}


@row("transcription: stream")
def _(client: openai.OpenAI) -> dict[str, Any]:
    return caught(lambda: transcribe(client, extra_body={"stream": "true"}))


@row("transcription: diarized_json")
def _(client: openai.OpenAI) -> dict[str, Any]:
    return caught(lambda: transcribe(client, extra_body={"response_format": "diarized_json"}))


@row("transcription: include logprobs")
def _(client: openai.OpenAI) -> dict[str, Any]:
    return caught(lambda: transcribe(client, extra_body={"include[]": "logprobs"}))


@row("transcription: unknown language")
def _(client: openai.OpenAI) -> dict[str, Any]:
    return caught(lambda: transcribe(client, language="klingon"))


# The last one: the service asks the provider for nothing until Retry-After is over.
@row("rate limit")
def _(client: openai.OpenAI) -> dict[str, Any]:
    seen = caught(lambda: ask(client, prompt="rate limited"))
    try:
        ask(client, prompt="rate limited")
    except openai.RateLimitError as error:
        seen["retry-after"] = int(error.response.headers["retry-after"]) > 0
    return seen


def say(line: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(line) + "\n")


def main() -> None:
    """Run all rows; what one raises is what it saw."""
    say({"sdk": "Python", "version": openai.__version__})
    for name, run in ROWS.items():
        headers = {"X-Row": name}
        try:
            saw = run(CLIENT.with_options(default_headers=headers))
        except Exception as error:  # noqa: BLE001  the row says it
            saw = {"raised": f"{type(error).__name__}: {error}"}
        say({"row": name, "saw": saw})


main()
