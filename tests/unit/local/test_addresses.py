"""Which hosts are this service's, where it listens, and by which URL others reach it."""

import socket

import pytest

from local.addresses import Addresses, NoSuchAddress, url_of


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1:8080",
        "127.0.0.1",
        "localhost:8080",
        "LOCALHOST",
        "localhost.:8080",
        "[::1]:8080",
        "192.168.0.7:8080",
        "host.docker.internal:8080",
        "host.containers.internal",
        socket.gethostname(),
        "translate.lan:8080",
    ],
)
def test_addresses_and_names_of_this_machine_are_ours(host: str) -> None:
    assert Addresses(public_host="translate.lan").is_ours(host)


@pytest.mark.parametrize(
    "host",
    [
        "",
        "evil.example:8080",
        "localhost.evil.example",
        "127.0.0.1.evil.example",
        "evil.example:80:80",
        "127.0.0.1@evil.example",
        "[evil]",
        ":8080",
    ],
)
def test_names_of_others_are_not(host: str) -> None:
    assert not Addresses().is_ours(host)


@pytest.mark.parametrize(
    ("addresses", "here", "public", "others"),
    [
        (Addresses(), "127.0.0.1", "127.0.0.1", False),
        (Addresses("localhost"), "localhost", "localhost", False),
        (Addresses("::1"), "::1", "::1", False),
        (Addresses("0.0.0.0"), "127.0.0.1", "127.0.0.1", True),
        (Addresses("::"), "::1", "::1", True),
        (Addresses("172.17.0.1"), "172.17.0.1", "172.17.0.1", True),
        (Addresses("0.0.0.0", public_host="a.lan"), "127.0.0.1", "a.lan", True),
    ],
)
def test_who_reaches_it_by_which_name(
    addresses: Addresses, here: str, public: str, *, others: bool
) -> None:
    assert (addresses.here, addresses.public) == (here, public)
    assert addresses.reached_by_others is others


def test_a_url_has_the_port_and_brackets_around_ipv6() -> None:
    with Addresses().listen("port") as listener:
        port = listener.getsockname()[1]
        assert url_of("a.lan", listener) == f"http://a.lan:{port}"
        assert url_of("::1", listener) == f"http://[::1]:{port}"


def test_a_taken_s3_port_names_its_argument() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(NoSuchAddress, match=rf"{port} .*in use.*S3_PORT=") as caught:
            Addresses(s3_port=port).listen("s3_port")
    assert "make serve S3_PORT=" in str(caught.value)


@pytest.mark.parametrize(
    "addresses",
    [Addresses("203.0.113.9"), Addresses("no-such-host.invalid"), Addresses(port=70000)],
)
def test_an_address_that_is_not_ours_is_told(addresses: Addresses) -> None:
    with pytest.raises(NoSuchAddress, match="cannot be taken"):
        addresses.listen("port")
