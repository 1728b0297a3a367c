"""Where a stranger's URL may lead: which hosts, ports and addresses are fetched from.

A URL is checked twice: as text, so that odd spellings are refused with a clear message, and again
as the addresses that its host resolves to, which are the ones that are connected to.
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
"""The request field that every error of a fetch is about."""

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Resolve = Callable[..., Sequence[tuple[Any, ...]]]
"""``socket.getaddrinfo``, or what answers like it."""

DEFAULT_PORTS = {"http": 80, "https": 443}
"""The only ports that are fetched from, by scheme."""
_OTHER_PORT = "names a port that is not fetched from: only 80 and 443 are"
_AUTHORITY = re.compile(r"[^:/?#]+://([^/?#]*)")
_LABEL = re.compile(r"[a-z0-9_-]{1,63}")
_NUMBER = re.compile(r"[0-9]+|0x[0-9a-f]*")

_UNICAST = ipaddress.ip_network("2000::/3")
_NOT_PUBLIC = tuple(
    ipaddress.ip_network(network)
    for network in (
        "168.63.129.16/32",  # Azure's host, which answers every virtual machine
        "192.0.0.0/24",  # protocol assignments; is_global differs between Python versions
        "192.88.99.0/24",  # relays of 6to4
        "2001::/23",  # protocol assignments: Teredo and ORCHID among them
        "2002::/16",  # 6to4: an IPv4 address, maybe a private one, inside
        "3fff::/20",  # documentation
    )
)


def checked_url(url: str) -> Url:
    """Split ``url`` if its text may be fetched; raises ``UrlNotAllowed``.

    The scheme is http or https, there is no user name, and the host is a domain name (in ASCII
    after IDNA), an IPv4 address as four plain decimals, or an IPv6 address without a zone. Which
    ports are allowed depends on the address: see ``allowed_addresses``.
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
    if parsed.port == 0:  # libraries take it for the scheme's own
        raise _refused(_OTHER_PORT)
    host = parsed.host or ""
    if not (_is_address(host) if _looks_numeric(host) else _is_name(host)):
        raise _refused("has a host that is not valid: use a domain name")
    return parsed


def allowed_addresses(
    host: str, port: int, *, resolve: Resolve, seconds: float, allow_loopback: bool
) -> list[Address]:
    """Return the addresses of ``host`` if **all** of them may be connected to at ``port``.

    ``host`` is one of a checked URL, an IPv6 address with its brackets or, as connections have it,
    without. It is resolved here, once, in at most ``seconds``; it must never be resolved again for
    the same connection. Raises ``UrlNotAllowed``, and ``AudioNotRetrievable`` when there is no
    address.
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
    """Raise UrlNotAllowed for a port other than http's and https's own."""
    if port not in DEFAULT_PORTS.values():
        raise _refused(_OTHER_PORT)


def is_public(address: Address) -> bool:
    """Whether ``address`` belongs to the internet, and to nobody's inside.

    Stricter than ``is_global``: no multicast, no IPv6 outside global unicast (NAT64's 64:ff9b::/96
    and IPv4-compatible addresses lead to any IPv4 address), none of ``_NOT_PUBLIC``.
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
    """The IPv4 address that an IPv4-mapped IPv6 address stands for, or ``address`` itself."""
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    return mapped or address


def _looks_numeric(host: str) -> bool:
    """Whether some resolver may read ``host`` as an address and not as a name (WHATWG's rule)."""
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
    # getaddrinfo has no time-out, so that it gets a thread of its own, which is left behind, to
    # end when the resolver gives up, if it takes too long.
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
