"""Where the service listens, and by which names others reach it."""

import ipaddress
import os
import socket
from dataclasses import dataclass

LOOPBACK = "127.0.0.1"

_LAST_PORT = 65_535
_NAMES_OF_THIS_MACHINE = ("localhost", "host.docker.internal", "host.containers.internal")
"""The last two are how containers of Docker and podman call the machine that they run on."""


class NoSuchAddress(Exception):
    """Nothing can listen there; the message says why and what to do."""


@dataclass(frozen=True)
class Addresses:
    """What is asked for. A port of 0 takes a free one."""

    host: str = LOOPBACK
    """An address of this machine, or 0.0.0.0 or :: for all of them."""
    port: int = 0
    """Of the HTTP API."""
    s3_port: int = 0
    """Of S3 and the other AWS services."""
    public_host: str = ""
    """The name or address that the other side reaches this machine by, if ``host`` is not it."""

    def listen(self, name: str) -> socket.socket:
        """Return a listening socket for the field ``name``, a port; raises NoSuchAddress."""
        port = getattr(self, name)
        try:
            if port > _LAST_PORT:
                raise OverflowError  # as Python does, without leaving a socket open
            family = socket.AF_INET6 if ":" in self.host else socket.AF_INET
            return socket.create_server((self.host, port), family=family)
        except (OSError, OverflowError) as error:
            reason = _reason(error)
            raise NoSuchAddress(
                f"Port {port} of {self.host} cannot be taken ({reason}). Stop what uses it, or "
                f"choose another: make serve {'PORT' if name == 'port' else 'S3_PORT'}=8081"
            ) from error

    @property
    def here(self) -> str:
        """The address at which this machine reaches it."""
        return {"0.0.0.0": LOOPBACK, "::": "::1"}.get(self.host, self.host)

    @property
    def public(self) -> str:
        """The name or address at which others reach it."""
        return self.public_host or self.here

    @property
    def reached_by_others(self) -> bool:
        """Whether other machines, or containers, may reach it."""
        try:
            return not ipaddress.ip_address(self.host).is_loopback
        except ValueError:
            return self.host != "localhost"

    def is_ours(self, host: str) -> bool:
        """Return whether a request's Host header, with or without a port, names this service.

        Only a name can be made to lead here by whoever owns it, so every address is ours.
        """
        name = host.strip().lower()
        bare = name.rpartition(":")[0] if name.rpartition(":")[2].isdigit() else name
        for address in (bare.strip("[]"), name.strip("[]")):
            try:
                ipaddress.ip_address(address)
            except ValueError:
                continue
            return True
        ours = {*_NAMES_OF_THIS_MACHINE, self.host, self.public_host, socket.gethostname()}
        return bare.rstrip(".") in {one.lower() for one in ours if one}


ON_THIS_MACHINE = Addresses()
"""Free ports that nobody else reaches."""


def url_of(host: str, listener: socket.socket) -> str:
    """Return the URL of what listens, reached by ``host``, without a slash at its end."""
    port = listener.getsockname()[1]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def _reason(error: OSError | OverflowError) -> str:
    if isinstance(error, socket.gaierror):
        return "no such host"
    return os.strerror(error.errno or 0) if isinstance(error, OSError) else "no such port"
