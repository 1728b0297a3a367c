"""The URLs, hosts, ports and addresses from which files are downloaded.

A URL is checked twice: as text, so that malformed URLs get a clear message, and then the addresses
that its host resolves to. Connections are made only to these addresses.
"""

import ipaddress
import queue
import re
import socket
import threading
from collections.abc import Callable, Sequence
from typing import Any

from urllib3.exceptions import LocationParseError
from urllib3.util import Url, parse_url

from audio_translation.errors import AudioNotRetrievable, UrlNotAllowed

PARAM = "audioFileUrl"
"""The request field that errors of downloads name."""

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Resolve = Callable[..., Sequence[tuple[Any, ...]]]
"""``socket.getaddrinfo``, or a function with its interface."""

DEFAULT_PORTS = {"http": 80, "https": 443}
"""The allowed ports, by scheme."""
_OTHER_PORT = "names a port that is not fetched from: only 80 and 443 are"
_AUTHORITY = re.compile(r"[^:/?#]+://([^/?#]*)")
_LABEL = re.compile(r"[a-z0-9_-]{1,63}")
_NUMBER = re.compile(r"[0-9]+|0x[0-9a-f]*")

_UNICAST = ipaddress.ip_network("2000::/3")
_NOT_PUBLIC = tuple(
    ipaddress.ip_network(network)
    for network in (
        "168.63.129.16/32",  # Azure: the host, reachable from every virtual machine
        "192.0.0.0/24",  # protocol assignments; is_global differs between Python versions
        "192.88.99.0/24",  # relays of 6to4
        "2001::/23",  # protocol assignments: Teredo and ORCHID among them
        "2002::/16",  # 6to4: contains an IPv4 address, which may be private
        "3fff::/20",  # documentation
    )
)


def checked_url(url: str) -> Url:
    """Return the parsed ``url``; raises UrlNotAllowed.

    - The scheme must be http or https.
    - There must be no user name or password.
    - The host must be a domain name (ASCII, IDNA-encoded if needed), an IPv4 address of four
      decimal numbers, or an IPv6 address without a zone.
    - ``allowed_addresses`` checks the port, because it depends on the address.
    """
    if any(char.isspace() or not char.isprintable() for char in url):
        raise _refused("contains a space or a control character: write a space as %20")
    authority = _AUTHORITY.match(url)
    if authority is None or "\\" in authority[1]:
        raise _refused("is not an http:// or https:// URL with a host")
    if "@" in authority[1]:
        raise _refused("contains a user name or a password: leave them out")
    if "%" in authority[1]:
        raise _refused("has a host with a % in it: write the host as it is")
    try:
        parsed = parse_url(url)
    except LocationParseError:
        raise _refused("has a host or a port that is not valid") from None
    if parsed.scheme not in DEFAULT_PORTS:
        raise _refused("has a scheme that is not fetched: use https, http or s3")
    if parsed.port == 0:  # libraries treat it as the default port
        raise _refused(_OTHER_PORT)
    host = parsed.host or ""
    if not (_is_address(host) if _looks_numeric(host) else _is_name(host)):
        raise _refused("has a host that is not valid: use a domain name")
    return parsed


def allowed_addresses(
    host: str, port: int, *, resolve: Resolve, seconds: float, allow_loopback: bool
) -> list[Address]:
    """Return the addresses of ``host`` if **all** of them are allowed with ``port``.

    ``host`` comes from ``checked_url``; an IPv6 address may have brackets. It is resolved once, in
    at most ``seconds``. The connection must use a returned address and not resolve the host again,
    because the second answer could be another address.
    Raises UrlNotAllowed, and AudioNotRetrievable if there is no address.
    """
    if not allow_loopback:
        refuse_port(port)
    literal = host.strip("[]")
    texts = [literal] if _looks_numeric(host) else _lookup(host, port, resolve, seconds)
    try:
        addresses = [_unmapped(ipaddress.ip_address(text)) for text in texts]
    except ValueError:
        raise _refused(f"leads to {host}, which has no valid address") from None
    for address in addresses:
        if allow_loopback and address.is_loopback:
            continue
        if not is_public(address):
            raise _refused(
                f"leads to {host}, which is not a public address: "
                "the audio must be where the internet can reach it"
            )
        refuse_port(port)
    return addresses


def refuse_port(port: int) -> None:
    """Raise UrlNotAllowed for ports other than 80 and 443."""
    if port not in DEFAULT_PORTS.values():
        raise _refused(_OTHER_PORT)


def is_public(address: Address) -> bool:
    """Return whether ``address`` is an address of the public internet.

    Stricter than ``is_global``: no multicast, no IPv6 outside global unicast (NAT64's 64:ff9b::/96
    and IPv4-compatible addresses map to any IPv4 address), none of ``_NOT_PUBLIC``.
    Source: IANA's special-purpose address registries.
    """
    address = _unmapped(address)
    if isinstance(address, ipaddress.IPv6Address) and (
        address.scope_id is not None or address not in _UNICAST
    ):
        return False
    if address.is_multicast or any(address in network for network in _NOT_PUBLIC):
        return False
    return address.is_global


def _refused(what: str) -> UrlNotAllowed:
    return UrlNotAllowed(f"{PARAM} {what}.", param=PARAM)


def _unmapped(address: Address) -> Address:
    """Return the IPv4 address in an IPv4-mapped IPv6 address; other addresses unchanged."""
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    return mapped or address


def _looks_numeric(host: str) -> bool:
    """Return whether resolvers may read ``host`` as an address. Source: WHATWG URL Standard."""
    return ":" in host or bool(_NUMBER.fullmatch(host.removesuffix(".").split(".")[-1]))


def _is_address(host: str) -> bool:
    try:
        if host.startswith("["):
            ipaddress.IPv6Address(host[1:-1])
        else:
            ipaddress.IPv4Address(host)
    except ValueError:
        return False
    return True


def _is_name(host: str) -> bool:
    name = host.removesuffix(".")
    return len(name) <= 253 and all(map(_LABEL.fullmatch, name.split(".")))


def _lookup(host: str, port: int, resolve: Resolve, seconds: float) -> list[str]:
    # getaddrinfo has no time-out. So it runs in a thread, which is abandoned after ``seconds`` and
    # ends when the resolver gives up.
    answers: queue.SimpleQueue[Sequence[tuple[Any, ...]] | None] = queue.SimpleQueue()

    def look_up() -> None:
        try:
            answers.put(resolve(host, port, type=socket.SOCK_STREAM))
        except (OSError, UnicodeError):
            answers.put(None)

    threading.Thread(target=look_up, name="look-up", daemon=True).start()
    try:
        answer = answers.get(timeout=seconds)
    except queue.Empty:
        raise AudioNotRetrievable(
            f"The name {host} was not resolved in time. Try again later.", param=PARAM
        ) from None
    if not answer:
        raise AudioNotRetrievable(
            f"The name {host} cannot be resolved. Check the URL.", param=PARAM
        )
    return [socket_address[0] for *_, socket_address in answer]
