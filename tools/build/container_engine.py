"""The container engine of this machine, and how its containers reach servers on 127.0.0.1."""

import http.client
import json
import os
import platform
import socket
import socketserver
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_SOCKETS = (
    "/var/run/docker.sock",
    "~/.docker/run/docker.sock",
    "/Applications/Finch/lima/data/finch/sock/finch.sock",
    "/var/run/finch.sock",
    "/run/podman/podman.sock",
    "$XDG_RUNTIME_DIR/podman/podman.sock",
)


class NoContainerEngine(Exception):
    """No engine answers; the message says what to do."""


@dataclass(frozen=True)
class ContainerEngine:
    """Docker, or one with the same API: Finch, podman."""

    docker_host: str
    """The value of ``DOCKER_HOST`` for the SAM CLI: its URL."""

    def get(self, path: str) -> Any:
        """Return what the engine's API answers, None for any status but 200. Raises OSError."""
        with closing(self._connection()) as connection:
            connection.request("GET", path)
            answer = connection.getresponse()
            content = answer.read()
        if answer.status != 200:
            return None
        return json.loads(content) if content.startswith((b"{", b"[")) else content.decode()

    def has_image(self, name: str) -> bool:
        """Return whether an image is here and need not be pulled."""
        return self.get(f"/images/{name}/json") is not None

    @contextmanager
    def reaching(self, url: str) -> Iterator[str]:
        """Yield the URL under which a container reaches ``url``, which is on 127.0.0.1."""
        local = f"127.0.0.1:{_port(url)}"
        if (
            platform.system() != "Linux"
        ):  # containers run in a virtual machine, where this is our name
            yield url.replace(local, f"host.docker.internal:{_port(url)}")
            return
        with _relay(self._gateway(), _port(url)) as address:
            yield url.replace(local, address)

    def _gateway(self) -> str:
        """Return this machine's address on the network that containers are in by default."""
        for network in self.get("/networks") or []:
            if network["Name"] in {"bridge", "podman"}:
                return str(network["IPAM"]["Config"][0]["Gateway"])
        raise NoContainerEngine(f"{self.docker_host} has no network named bridge or podman.")

    def _connection(self) -> http.client.HTTPConnection:
        kind, _, place = self.docker_host.partition("://")
        if kind == "unix":
            return _UnixConnection(place)
        return http.client.HTTPConnection(place, timeout=10)


def find_container_engine() -> ContainerEngine:
    """Return the engine at ``DOCKER_HOST`` if that is set, else at one of the usual places.

    Raises NoContainerEngine.
    """
    given = os.environ.get("DOCKER_HOST")
    usual = [f"unix://{Path(os.path.expandvars(name)).expanduser()}" for name in _SOCKETS]
    for docker_host in [given] if given else usual:
        with suppress(OSError, http.client.HTTPException):
            found = ContainerEngine(docker_host)
            if found.get("/_ping") is not None:
                return found
    looked = f"Nothing answers at DOCKER_HOST={given}." if given else "No container engine answers."
    raise NoContainerEngine(
        f"{looked} `sam local` needs Docker, Finch or podman: start one of them, or set "
        "DOCKER_HOST to where it listens, such as unix:///run/podman/podman.sock."
    )


class _UnixConnection(http.client.HTTPConnection):
    def __init__(self, path: str) -> None:
        super().__init__("localhost", timeout=10)
        self._path = path

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(self.timeout)
        self.sock.connect(self._path)


class _Relay(socketserver.ThreadingTCPServer):
    daemon_threads = True

    def server_bind(self) -> None:
        # Some engines make the address only when the first container starts.
        self.socket.setsockopt(socket.IPPROTO_IP, _IP_FREEBIND, 1)
        super().server_bind()


_IP_FREEBIND = 15  # linux/in.h


@contextmanager
def _relay(host: str, port: int) -> Iterator[str]:
    """Pass what arrives at ``host`` on to a port of 127.0.0.1; yield the address to call."""

    class Handler(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            with socket.create_connection(("127.0.0.1", port)) as inside:
                back = threading.Thread(target=_copy, args=(inside, self.request), daemon=True)
                back.start()
                _copy(self.request, inside)
                back.join()

    with _Relay((host, 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        try:
            yield f"{host}:{server.server_address[1]}"
        finally:
            server.shutdown()
            thread.join()


def _copy(source: socket.socket, target: socket.socket) -> None:
    with suppress(OSError):
        while data := source.recv(65_536):
            target.sendall(data)
    with suppress(OSError):
        target.shutdown(socket.SHUT_WR)


def _port(url: str) -> int:
    return int(url.split("/")[2].rpartition(":")[2])
