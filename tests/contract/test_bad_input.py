"""Whatever is sent, the caller gets a row of the error table and the service goes on.

Each case is checked for its status, code and param, for the envelope, for an empty work folder,
for secrets in the answer and in the log, and for the next request being served.
"""

import json
import socket
from collections.abc import Callable, Iterable
from contextlib import nullcontext
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pytest

from tests.fakes.aws.moto_server import BUCKET, KEY
from tests.fakes.provider.answers import Answer, envelope, verbose_json
from tests.fakes.source import Step, chunked, drip, head
from tests.fakes.wav import wav as samples
from tests.worlds.http_api import ApiWorld

SECRET = "hunter2hunter2"
Url = Callable[[ApiWorld, bytes], str]
"""Prepares the world and says which URL to send; gets the bytes of a good recording."""


@dataclass(frozen=True)
class Case:
    name: str
    status: int
    code: str
    param: str | None = "audioFileUrl"
    body: object = None
    """What is sent; None sends ``url`` as the audioFileUrl of a request that is right otherwise."""
    url: Url = lambda world, wav: world.source.file("/good.wav", wav)
    provider: Answer | None = None
    settings: dict[str, str] = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)


def invalid(name: str, body: object, param: str | None, **more: Any) -> Case:
    return Case(name, 400, "invalid_request", param, body, **more)


def field_case(param: str, value: object) -> Case:
    body = {"audioFileUrl": "https://example.com/a.mp3", param: value}
    return invalid(f"{param} is {value!r:.20}", body, param)


def refused(url: str, **settings: str) -> Case:
    return Case(
        f"url {url!r:.60}", 400, "url_not_allowed", url=lambda world, wav: url, settings=settings
    )


def source(name: str, url: Url, code: str = "audio_not_retrievable", status: int = 400) -> Case:
    return Case(name, status, code, url=url)


def wrong_bytes(name: str, body: bytes) -> Case:
    return source(name, lambda world, wav: world.source.file("/a.mp3", body), "unsupported_audio")


def provider(name: str, answer: Answer, status: int, code: str, param: str | None = None) -> Case:
    return Case(f"provider {name}", status, code, param, provider=answer)


def scripted(steps: Callable[[bytes], Iterable[Step]]) -> Url:
    return lambda world, wav: world.source.script("/scripted.wav", lambda: steps(wav))


def closed_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


STRICT = {"FETCH_ALLOW_LOOPBACK": "false"}
RATE_LIMIT = envelope("Rate limit reached for sk-live-secret", "requests", "rate_limit_exceeded")
NO_CREDIT = envelope("You exceeded your quota", "insufficient_quota", "insufficient_quota")
S3_ERROR = b'<?xml version="1.0"?>\n<Error><Code>AccessDenied</Code></Error>'
ADTS = bytes.fromhex("fff15080017ffc") + bytes(4)
SIZE = [("Content-Length", "100")]

CASES = [
    # the body
    invalid("empty body", b"", None),
    invalid("no json", b"{bad", None),
    invalid("not utf-8", b'{"audioFileUrl": "\xff"}', None),
    invalid("null", b"null", None),
    invalid("a list", [1], None),
    invalid("a list of requests", [{"audioFileUrl": "https://a.test/b"}] * 2, None),
    invalid("a string", "x", None),
    invalid("deeply nested", b"[" * 100_000, None),
    invalid("a number of 5,000 digits", b'{"temperature": ' + b"9" * 5000 + b"}", None),
    invalid("a multipart body", b"--x\r\n\r\n--x--", None,
            headers={"Content-Type": "multipart/form-data; boundary=x"}),
    # fields
    invalid("no url", {}, "audioFileUrl"),
    invalid("unknown field", {"audioFileUrl": "https://a.test/b", "speed": 2}, "speed"),
    invalid("a field named body", {"audioFileUrl": "https://a.test/b", "body": 1}, "body"),
    invalid("a field named query", {"audioFileUrl": "https://a.test/b", "query": {}}, "query"),
    field_case("audioFileUrl", None),
    field_case("audioFileUrl", 7),
    field_case("audioFileUrl", ""),
    field_case("audioFileUrl", "https://a.test/" + "a" * 9000),
    field_case("model", 7),
    field_case("prompt", ["x"]),
    field_case("prompt", "\ud800"),
    field_case("prompt", "x" * 20_001),
    field_case("responseFormat", "mp3"),
    field_case("temperature", 1.5),
    field_case("temperature", -1),
    field_case("temperature", "hot"),
    field_case("temperature", True),
    field_case("saveSource", "perhaps"),
    # schemes, hosts, ports, addresses in every spelling
    refused("ftp://example.com/a.mp3"),
    refused("file:///etc/passwd"),
    refused("data:audio/wav;base64,AAAA"),
    refused("gopher://example.com/"),
    refused("no-scheme.mp3"),
    refused("https://"),
    refused("http:///a.mp3"),
    refused(f"https://user:{SECRET}@example.com/a.mp3"),
    refused("https://example.com:8443/a.mp3", **STRICT),
    refused("https://example.com:abc/a.mp3"),
    refused("https://example.com:99999/a.mp3"),
    refused("http://10.0.0.1/a.mp3"),
    refused("http://192.168.1.1/a.mp3"),
    refused("http://172.16.0.1/a.mp3"),
    refused("http://100.64.0.1/a.mp3"),
    refused("http://169.254.169.254/latest/meta-data/"),
    refused("http://0xa9fea9fe/latest/meta-data/"),
    refused("http://2852039166/latest/meta-data/"),
    refused("http://0251.0376.0251.0376/"),
    refused("http://[::ffff:169.254.169.254]/"),
    refused("http://[fd00:ec2::254]/"),
    refused("http://[fe80::1]/"),
    refused("http://[64:ff9b::a9fe:a9fe]/"),
    refused("http://[2002:a9fe:a9fe::]/"),
    refused("http://168.63.129.16/"),
    refused("http://224.0.0.1/"),
    refused("http://255.255.255.255/"),
    refused("http://0.0.0.0/"),
    refused("http://127.0.0.1/a.mp3", **STRICT),
    refused("http://127.0.0.1:9001/2018-06-01/runtime/invocation/next", **STRICT),
    refused("http://localhost/a.mp3", **STRICT),
    refused("http://127.1/a.mp3", **STRICT),
    refused("http://2130706433/a.mp3", **STRICT),
    refused("http://0x7f.0.0.1/a.mp3", **STRICT),
    refused("http://0177.0.0.1/a.mp3", **STRICT),
    refused("http://[::1]/a.mp3", **STRICT),
    refused("http://[::ffff:127.0.0.1]/a.mp3", **STRICT),
    refused("http://mixed.test/a.mp3"),
    refused("http://private.test/a.mp3"),
    refused("s3://somebody-elses-bucket/a.mp3"),
    # what the other side does
    source("missing object", lambda world, wav: f"s3://{BUCKET}/missing.mp3"),
    source("no such name", lambda world, wav: "http://missing.test/a.mp3"),
    source("closed port", lambda world, wav: f"http://127.0.0.1:{closed_port()}/a.mp3"),
    source("404", lambda world, wav: world.source.url("/missing.mp3")),
    source("expired signature", lambda world, wav: world.source.file(
        "/signed.mp3", S3_ERROR, status=403) + f"?X-Amz-Signature={SECRET}"),
    source("500", lambda world, wav: world.source.file("/broken.mp3", b"", status=500)),
    source("204", lambda world, wav: world.source.file("/nothing.mp3", b"", status=204)),
    source("redirects for ever", lambda world, wav: world.source.redirect(
        "/loop", world.source.url("/loop"))),
    source("redirect to a private address", lambda world, wav: world.source.redirect(
        "/in", f"http://10.0.0.1/?key={SECRET}"), "url_not_allowed"),
    source("redirect to a file", lambda world, wav: world.source.redirect(
        "/etc", "file:///etc/passwd"), "url_not_allowed"),
    source("declared too large", lambda world, wav: world.source.file(
        "/large.wav", wav, declared=10**12), "audio_too_large", 413),
    source("too large without a length", scripted(
        lambda wav: [head(), wav * 20]), "audio_too_large", 413),
    source("endless", scripted(
        lambda wav: (head() if i == 0 else wav for i in range(10**6))), "audio_too_large", 413),
    source("shorter than declared", lambda world, wav: world.source.file(
        "/lies.wav", wav, declared=len(wav) + 5)),
    source("cut chunks", scripted(lambda wav: [
        head(200, [("Transfer-Encoding", "chunked")]), chunked(wav)[:-9]])),
    source("gzip", lambda world, wav: world.source.file(
        "/packed.wav", wav, headers=[("Content-Encoding", "gzip")])),
    source("dripped head", scripted(lambda wav: drip(head(200, SIZE), 0.1))),
    source("dripped body", scripted(lambda wav: [head(200, SIZE), *drip(wav[:50], 0.1)])),
    source("silence after the head", scripted(lambda wav: [head(200, SIZE), 30.0])),
    source("no http at all", scripted(lambda wav: [b"SSH-2.0-OpenSSH_9\r\n"])),
    source("100 KB of headers", scripted(lambda wav: [
        head(200, [(f"X-{i}", "x" * 1000) for i in range(100)])])),
    # bytes that are no audio of ours
    wrong_bytes("no bytes", b""),
    wrong_bytes("html", b"<!doctype html><html><body>Sign in</body></html>"),
    wrong_bytes("json", b'{"error": "expired"}'),
    wrong_bytes("s3 error document", S3_ERROR),
    wrong_bytes("random bytes", bytes(i * 73 % 251 for i in range(5000))),
    wrong_bytes("ID3 and nothing", b"ID3\x03\x00\x00\x00\x00\x00\x0a" + bytes(10)),
    wrong_bytes("AAC behind ID3", b"ID3\x03\x00\x00\x00\x00\x00\x00" + ADTS * 200),
    wrong_bytes("mp4 without moov", b"\x00\x00\x00\x18ftypisom\x00\x00\x00\x00isommp42"
                + b"\x00\x00\x00\x08mdat"),
    wrong_bytes("40 KB at 7 Hz", samples(np.full(20_000, 9, np.int16), rate=7)),
    wrong_bytes("30 KB at 1 Hz", samples(np.full(15_000, 9, np.int16), rate=1)),
    wrong_bytes("a picture", b"\x89PNG\r\n\x1a\n" + bytes(100)),
    # the provider
    Case("no key in ssm", 502, "provider_rejected", None,
         settings={"API_KEY_PARAMETER": "/nowhere"}),
    provider("400", Answer(envelope("Bad prompt"), 400), 502, "provider_rejected"),
    provider("400 format", Answer(envelope("Invalid file format."), 400), 400,
             "unsupported_audio", "audioFileUrl"),
    provider("401 with our key in it", Answer(envelope(f"Incorrect API key: {KEY}"), 401), 502,
             "provider_rejected"),
    provider("400 with our key in it", Answer(envelope(f"What is {KEY}?"), 400), 502,
             "provider_rejected"),
    provider("403", Answer(envelope("no"), 403), 502, "provider_rejected"),
    provider("404", Answer(envelope("The model does not exist"), 404), 502, "provider_rejected",
             "model"),
    provider("410", Answer(envelope("gone"), 410), 502, "provider_rejected", "model"),
    provider("413", Answer(envelope("too large"), 413), 413, "audio_too_large", "audioFileUrl"),
    provider("415", Answer(envelope("no"), 415), 400, "unsupported_audio", "audioFileUrl"),
    provider("422", Answer(envelope("no"), 422), 502, "provider_rejected"),
    # In a sandbox of its own, which keeps its peace for those 20 seconds.
    Case("provider 429", 429, "rate_limited", None, settings={"API_KEY_CACHE_SECONDS": "299"},
         provider=Answer(RATE_LIMIT, 429, {"Retry-After": "20"})),
    provider("429 no credit", Answer(NO_CREDIT, 429), 503, "provider_quota_exhausted"),
    provider("500", Answer(envelope("oops"), 500), 502, "provider_unavailable"),
    provider("502 html", Answer(b"<html>", 502), 502, "provider_unavailable"),
    provider("503", Answer(envelope("overloaded"), 503), 502, "provider_unavailable"),
    provider("504", Answer(b"", 504), 504, "provider_unavailable"),
    provider("hangs up", Answer(hang_up=True), 502, "provider_unavailable"),
    provider("hangs", Answer(delay=30), 504, "provider_unavailable"),
    provider("drips", Answer(drip=0.2), 504, "provider_unavailable"),
    provider("empty 200", Answer(b""), 502, "provider_unavailable"),
    provider("text", Answer(b"Hello"), 502, "provider_unavailable"),
    provider("times from before the start", Answer(
        {**verbose_json("x"), "duration": -1}), 502, "provider_unavailable"),
]  # fmt: skip


def test_the_table_is_long_enough_and_names_each_case_once() -> None:
    assert len({case.name for case in CASES}) == len(CASES) >= 60


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_bad_input_is_a_row_of_the_error_table(world: ApiWorld, wav: bytes, case: Case) -> None:
    if case.provider:
        world.provider.default = case.provider
    body = case.body
    if body is None:
        body = {"audioFileUrl": case.url(world, wav)}
    with world.settings(**case.settings) if case.settings else nullcontext():
        response = world.post(body, headers=case.headers)

    error = response.json()["error"]
    found = (response.status_code, error["code"], error["param"])
    assert found == (case.status, case.code, case.param), error["message"]
    assert set(error) == {"message", "type", "param", "code"}
    assert response.headers["content-type"] == "application/json"
    assert response.headers["x-request-id"]
    if case.status == 429:
        assert int(response.headers["retry-after"]) > 0

    said = response.text + json.dumps(dict(response.headers)) + world.log.getvalue()
    assert SECRET not in said
    assert KEY not in said
    assert "Traceback" not in response.text
    assert list(world.work_folder.iterdir()) == []

    world.provider.reset()
    good = world.post({"audioFileUrl": world.source.file("/good.wav", wav)})
    assert (good.status_code, good.json()) == (200, {"text": "Hello there."})
    assert list(world.work_folder.iterdir()) == []


@pytest.mark.parametrize(
    "route",
    ["/nowhere", "/translates", "/jobs/7", "/%00", "/foo/bar/services/Other/translate", "/a/b/c"],
)
def test_an_unknown_route_is_not_found(world: ApiWorld, route: str) -> None:
    response = world.get(route)
    assert (response.status_code, response.json()["error"]["code"]) == (404, "not_found")
