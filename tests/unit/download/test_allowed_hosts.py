"""Which URLs and addresses are fetched from; no network."""

import ipaddress
import socket
import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest

from audio_translation.download.allowed_hosts import allowed_addresses, checked_url, is_public
from audio_translation.errors import AudioNotRetrievable, UrlNotAllowed


class Names:
    """A resolver with made-up answers; ``asked`` lists the names that were looked up."""

    def __init__(self, **answers: list[str]) -> None:
        self.answers = {name.replace("_", "."): texts for name, texts in answers.items()}
        self.asked: list[str] = []

    def __call__(self, host: str, port: int, **_: object) -> list[tuple[Any, ...]]:
        self.asked.append(host)
        if host not in self.answers:
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        return [(0, 0, 0, "", (text, port)) for text in self.answers[host]]


def allowed(
    host: str, names: Names, *, port: int = 443, allow_loopback: bool = False, seconds: float = 5
) -> list[str]:
    found = allowed_addresses(
        host, port, resolve=names, seconds=seconds, allow_loopback=allow_loopback
    )
    return [str(address) for address in found]


@pytest.mark.parametrize(
    "address",
    [
        "8.8.8.8",
        "1.1.1.1",
        "52.216.1.1",
        "100.63.255.255",
        "100.128.0.0",
        "168.63.129.15",
        "172.32.0.1",
        "223.255.255.255",
        "2606:4700:4700::1111",
        "2001:4860:4860::8888",
        "2600:1f00::1",
        "::ffff:8.8.8.8",
    ],
)
def test_an_address_of_the_internet_is_public(address: str) -> None:
    assert is_public(ipaddress.ip_address(address))


@pytest.mark.parametrize(
    "address",
    [
        "0.0.0.0",
        "0.1.2.3",
        "10.0.0.1",
        "100.64.0.1",
        "100.127.255.255",
        "127.0.0.1",
        "127.255.255.254",
        "168.63.129.16",
        "169.254.169.254",
        "169.254.170.2",
        "172.16.0.1",
        "172.31.255.255",
        "192.0.0.1",
        "192.0.0.9",
        "192.0.0.192",
        "192.0.2.1",
        "192.88.99.1",
        "192.168.1.1",
        "198.18.0.1",
        "198.19.255.255",
        "198.51.100.1",
        "203.0.113.1",
        "224.0.0.1",
        "239.255.255.250",
        "240.0.0.1",
        "255.255.255.255",
        "::",
        "::1",
        "::127.0.0.1",
        "::8.8.8.8",
        "::ffff:127.0.0.1",
        "::ffff:10.0.0.1",
        "::ffff:169.254.169.254",
        "::ffff:168.63.129.16",
        "::ffff:0:8.8.8.8",
        "64:ff9b::7f00:1",
        "64:ff9b::808:808",
        "64:ff9b:1::1",
        "100::1",
        "2001::1",
        "2001:0:7f00:1::",
        "2001:10::1",
        "2001:20::1",
        "2001:db8::1",
        "2002:7f00:1::",
        "2002:808:808::1",
        "3fff::1",
        "4000::1",
        "5f00::1",
        "fc00::1",
        "fd00:ec2::254",
        "fe80::1",
        "fe80::1%eth0",
        "2606:4700:4700::1111%eth0",
        "fec0::1",
        "ff02::1",
        "ff0e::1",
    ],
)
def test_an_address_that_is_special_in_any_way_is_not_public(address: str) -> None:
    assert not is_public(ipaddress.ip_address(address))


@pytest.mark.parametrize(
    ("url", "host", "port"),
    [
        ("https://example.com/a.mp3", "example.com", None),
        ("HTTPS://EXAMPLE.COM/A.mp3", "example.com", None),
        ("http://example.com", "example.com", None),
        ("http://example.com?x=user@host", "example.com", None),
        ("http://example.com/a@b:c", "example.com", None),
        ("http://example.com:80/", "example.com", 80),
        ("https://example.com:443/", "example.com", 443),
        ("https://example.com:/", "example.com", None),
        ("https://example.com./", "example.com.", None),
        ("https://my_bucket.example.com/", "my_bucket.example.com", None),
        ("https://bücher.example/", "xn--bcher-kva.example", None),
        ("https://xn--bcher-kva.example/", "xn--bcher-kva.example", None),
        ("https://example.com/#@127.0.0.1/", "example.com", None),
        ("https://8.8.8.8/", "8.8.8.8", None),
        ("https://[2606:4700:4700::1111]/", "[2606:4700:4700::1111]", None),
        ("https://example.com/ü/%C3%BC?q=%20", "example.com", None),
        (f"https://{'a' * 63}.example/", f"{'a' * 63}.example", None),
    ],
)
def test_an_ordinary_url_is_split(url: str, host: str, port: int | None) -> None:
    parsed = checked_url(url)
    assert (parsed.host, parsed.port) == (host, port)


@pytest.mark.parametrize(
    "url",
    [
        # not http, or no host
        "",
        "example.com/a.mp3",
        "//example.com/a.mp3",
        "http:example.com",
        "http:/example.com",
        "http://",
        "http:///a.mp3",
        "http://:80/",
        "ftp://example.com/",
        "file:///etc/passwd",
        "gopher://example.com/",
        "s3://bucket/key",
        "data:audio/mpeg;base64,SUQz",
        "javascript:alert(1)",
        "unix:///var/run/x.sock",
        # user names
        "http://user@example.com/",
        "http://user:secret@example.com/",
        "http://@example.com/",
        "http://:@example.com/",
        "http://example.com@127.0.0.1/",
        # spaces, control characters, backslashes
        " http://example.com/",
        "http://example.com/ ",
        "http://exa mple.com/",
        "http://example.com/a b.mp3",
        "http://exam\tple.com/",
        "http://example.com/\r\nHost: other",
        "http://example.com/\n",
        "http://example.com/\x00",
        "http://example.com/\x7f",
        "http://example.com/\u2028",
        "http://exa\u00admple.com/",
        "http://exa\u200bmple.com/",
        "http://example.com/\ud800",
        "http://example.com\\@127.0.0.1/",
        "http:\\\\127.0.0.1/",
        # addresses as no browser shows them
        "http://0x7f.1/",
        "http://0x7f000001/",
        "http://2130706433/",
        "http://017700000001/",
        "http://0177.0.0.1/",
        "http://127.1/",
        "http://127.0.1/",
        "http://127.0.0.1./",
        "http://127.0.0.01/",
        "http://127.0.0.0x1/",
        "http://1.2.3.4.5/",
        "http://256.0.0.1/",
        "http://example.0x7f/",
        "http://127.0.0.1.1/",
        "http://%31%32%37.0.0.1/",
        "http://127.0.0.1%2f@example.com/",
        "http://127.0.0.1%00.example.com/",
        "http://\uff11\uff12\uff17.0.0.1/",
        "http://127。0。0。1/",
        "http://8。8。8。8/",
        "http://①②⑦.⓪.⓪.①/",
        "http://[::1/",
        "http://::1/",
        "http://[]/",
        "http://[127.0.0.1]/",
        "http://[fe80::1%25eth0]/",
        "http://[fe80::1%eth0]/",
        "http://[::ffff:127.1]/",
        "http://[v1.x]/",
        "http://[::1]x/",
        # names that are none
        "http://example..com/",
        "http://.example.com/",
        "http://example.com../",
        "http://./",
        "http://exa%6dple.com/",
        "http://exa*mple.com/",
        "http://exa<mple.com/",
        "http://example.com;x/",
        f"http://{'a' * 64}.com/",
        f"http://{'a.' * 127}com/",
        f"http://{'ü' * 64}.com/",
        # ports
        "http://example.com:0/",
        "http://example.com:65536/",
        "http://example.com:99999/",
        "http://example.com:abc/",
        "http://example.com:-80/",
        "http://example.com:+80/",
        "http://example.com:80:80/",
        "http://example.com:٨٠/",
        "http://example.com:0x50/",
    ],
)
def test_a_url_that_is_odd_is_refused(url: str) -> None:
    with pytest.raises(UrlNotAllowed) as refused:
        checked_url(url)
    assert refused.value.param == "audioFileUrl"
    assert "secret" not in refused.value.message


@pytest.mark.parametrize("host", ["127.0.0.1", "10.0.0.1", "[::1]", "::1", "[::ffff:127.0.0.1]"])
def test_an_address_in_the_url_is_checked_without_looking_it_up(host: str) -> None:
    names = Names()
    with pytest.raises(UrlNotAllowed, match="is not a public address"):
        allowed(host, names)
    assert names.asked == []


def test_a_name_with_public_addresses_only_is_allowed_and_looked_up_once() -> None:
    names = Names(a_example=["8.8.8.8", "2606:4700:4700::1111"])
    assert allowed("a.example", names) == ["8.8.8.8", "2606:4700:4700::1111"]
    assert names.asked == ["a.example"]


@pytest.mark.parametrize(
    "texts",
    [
        ["127.0.0.1"],
        ["8.8.8.8", "127.0.0.1"],
        ["10.0.0.1", "8.8.8.8"],
        ["8.8.8.8", "1.1.1.1", "fe80::1%eth0"],
        ["8.8.8.8", "::ffff:169.254.169.254"],
        ["64:ff9b::a9fe:a9fe"],
        ["8.8.8.8", "no address"],
    ],
)
def test_a_name_with_any_address_that_is_not_public_is_refused(texts: list[str]) -> None:
    with pytest.raises(UrlNotAllowed, match=r"a\.example") as refused:
        allowed("a.example", Names(a_example=texts))
    assert not any(text in refused.value.message for text in texts)


def test_an_ipv4_address_inside_an_ipv6_one_is_connected_to_as_ipv4() -> None:
    assert allowed("[::ffff:8.8.8.8]", Names()) == ["8.8.8.8"]


@pytest.mark.parametrize("answers", [{}, {"a_example": []}])
def test_a_name_without_an_address_is_not_retrievable(answers: dict[str, list[str]]) -> None:
    with pytest.raises(AudioNotRetrievable, match=r"a\.example cannot be resolved"):
        allowed("a.example", Names(**answers))


@pytest.mark.parametrize("port", [1, 22, 79, 81, 8080, 9001, 65535])
def test_a_port_other_than_80_and_443_is_refused_before_the_name_is_looked_up(port: int) -> None:
    names = Names(a_example=["8.8.8.8"])
    with pytest.raises(UrlNotAllowed, match="only 80 and 443"):
        allowed("a.example", names, port=port)
    assert names.asked == []


@pytest.mark.parametrize("host", ["127.0.0.1", "127.9.9.9", "[::1]", "localhost"])
def test_development_lets_loopback_through_on_any_port(host: str) -> None:
    names = Names(localhost=["127.0.0.1", "::1"])
    assert allowed(host, names, port=8123, allow_loopback=True)


@pytest.mark.parametrize("host", ["10.0.0.1", "0.0.0.0", "169.254.169.254", "[::]", "[fd00::1]"])
def test_development_lets_nothing_else_through_that_is_not_public(host: str) -> None:
    with pytest.raises(UrlNotAllowed, match="is not a public address"):
        allowed(host, Names(), port=80, allow_loopback=True)


def test_development_keeps_public_addresses_to_their_ports() -> None:
    names = Names(mixed_example=["127.0.0.1", "8.8.8.8"])
    assert allowed("mixed.example", names, port=80, allow_loopback=True)
    with pytest.raises(UrlNotAllowed, match="only 80 and 443"):
        allowed("mixed.example", names, port=8080, allow_loopback=True)


@pytest.fixture
def stuck() -> Iterator[threading.Event]:
    release = threading.Event()
    yield release
    release.set()


def test_a_resolver_that_hangs_is_left_behind_in_time(stuck: threading.Event) -> None:
    def resolve(*_: object, **__: object) -> list[tuple[Any, ...]]:
        stuck.wait(20)
        return []

    began = time.monotonic()
    with pytest.raises(AudioNotRetrievable, match="not resolved in time"):
        allowed_addresses("a.example", 80, resolve=resolve, seconds=0.1, allow_loopback=False)
    assert time.monotonic() - began < 10
