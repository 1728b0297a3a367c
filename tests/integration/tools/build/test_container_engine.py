"""The engine is found where it listens, and its containers reach this machine's loopback."""

import json
import os
import platform
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import pytest
import requests
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from tests.fakes.asgi_server import running_app
from tools.build import container_engine
from tools.build.container_engine import NoContainerEngine, find_container_engine

NETWORKS = [
    {"Name": "host", "IPAM": {"Config": []}},
    {"Name": "bridge", "IPAM": {"Config": [{"Gateway": "127.0.0.1"}]}},
]


@contextmanager
def engine(socket: Path, answers: dict[str, Any]) -> Iterator[str]:
    """Something with Docker's API on a socket; yield its URL."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            answer = answers.get(self.path)
            content = (answer if isinstance(answer, str) else json.dumps(answer)).encode()
            self.send_response(404 if answer is None else 200)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def address_string(self) -> str:
            return "unix"

        def log_message(self, *_: Any) -> None:
            pass

    with socketserver.ThreadingUnixStreamServer(str(socket), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        yield f"unix://{socket}"
        server.shutdown()
        thread.join()


@pytest.fixture
def running(tmp_path: Path) -> Iterator[str]:
    answers = {"/_ping": "OK", "/networks": NETWORKS, "/images/there/json": {"Id": "1"}}
    with engine(tmp_path / "docker.sock", answers) as url:
        yield url


def test_docker_host_names_the_engine(running: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DOCKER_HOST", running)
    found = find_container_engine()
    assert found.docker_host == running
    assert found.has_image("there")
    assert not found.has_image("elsewhere")


def test_without_docker_host_the_usual_places_are_tried(
    running: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.delenv("DOCKER_HOST", raising=False)
    monkeypatch.setenv("ENGINES", str(tmp_path))
    places = ("/no/such.sock", "$ENGINES/docker.sock")
    monkeypatch.setattr(container_engine, "_SOCKETS", places)
    assert find_container_engine().docker_host == running


@pytest.mark.parametrize(
    ("host", "reason"),
    [
        ("unix:///no/such.sock", "Nothing answers at DOCKER_HOST=unix:///no/such.sock."),
        ("", "No container engine answers."),
    ],
)
def test_without_an_engine_it_is_said_what_to_do(
    host: str, reason: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DOCKER_HOST", host)
    monkeypatch.setattr(container_engine, "_SOCKETS", ("/no/such.sock",))
    with pytest.raises(NoContainerEngine, match="start one of them") as info:
        find_container_engine()
    assert str(info.value).startswith(reason)


async def echo(request: Request) -> PlainTextResponse:
    return PlainTextResponse(await request.body())


@pytest.mark.skipif(platform.system() != "Linux", reason="elsewhere engines pass a name on")
def test_a_container_reaches_a_server_of_this_machines_loopback(
    running: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DOCKER_HOST", running)
    body = os.urandom(300_000)
    app = Starlette(routes=[Route("/v1", echo, methods=["POST"])])
    with running_app(app) as url, find_container_engine().reaching(f"{url}/v1") as reached:
        assert reached != f"{url}/v1"
        assert reached.endswith("/v1")
        assert requests.post(reached, data=body, timeout=30).content == body
    with pytest.raises(requests.ConnectionError):
        requests.post(reached, data=body, timeout=30)


@pytest.mark.skipif(platform.system() != "Linux", reason="elsewhere engines pass a name on")
def test_an_engine_without_a_network_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with engine(tmp_path / "d.sock", {"/_ping": "OK", "/networks": []}) as url:
        monkeypatch.setenv("DOCKER_HOST", url)
        found = find_container_engine()
        with (
            pytest.raises(NoContainerEngine, match="no network named bridge or podman"),
            found.reaching("http://127.0.0.1:1"),
        ):
            pass
