"""Callbacks against receivers over HTTP, well behaved or not."""

import socket
import ssl
import time
from collections.abc import Iterator
from typing import Any

import pytest
from standardwebhooks import Webhook

from audio_translation.jobs.steps.webhook import NotDelivered, WebhookSender
from tests.fakes.webhook_receiver import Receiver, Reply

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
BODY = '{"type": "translation.succeeded"}'


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with Receiver() as receiver:
        yield receiver


def webhooks(**options: Any) -> WebhookSender:
    given: dict[str, Any] = {
        "secret": lambda: SECRET,
        "seconds": 0.5,
        "allow_loopback": True,
        "resolve": socket.getaddrinfo,
        "tls": ssl.create_default_context,
        **options,
    }
    return WebhookSender(**given)


def test_a_message_is_signed_as_standard_webhooks_says(receiver: Receiver) -> None:
    webhooks().send(receiver.hook(), "msg_1", BODY)
    ((headers, body),) = receiver.received
    assert Webhook(SECRET).verify(body, headers) == {"type": "translation.succeeded"}
    assert headers["webhook-id"] == "msg_1"
    assert headers["Content-Type"] == "application/json"


@pytest.mark.parametrize("status", [400, 404, 429, 500, 503])
def test_a_refusal_is_told(receiver: Receiver, status: int) -> None:
    receiver.replies.append(Reply(status))
    with pytest.raises(NotDelivered, match=f"answered {status}"):
        webhooks().send(receiver.hook(), "msg_1", BODY)


def test_a_receiver_that_is_gone_for_good_is_left_alone(receiver: Receiver) -> None:
    receiver.replies.append(Reply(410))
    webhooks().send(receiver.hook(), "msg_1", BODY)
    assert len(receiver.received) == 1


def test_a_redirect_is_not_followed(receiver: Receiver) -> None:
    with Receiver() as private:
        receiver.replies.append(Reply(307, location=private.hook()))
        with pytest.raises(NotDelivered, match="answered 307"):
            webhooks().send(receiver.hook(), "msg_1", BODY)
        assert private.received == []


def test_a_receiver_that_is_down_or_slow_is_given_up_in_time(receiver: Receiver) -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    with pytest.raises(NotDelivered, match="does not accept connections"):
        webhooks().send(f"http://127.0.0.1:{port}/?token=s3cret", "msg_1", BODY)
    receiver.replies.append(Reply(delay=20))
    began = time.monotonic()
    with pytest.raises(NotDelivered) as told:
        webhooks().send(receiver.hook(), "msg_1", BODY)
    assert time.monotonic() - began < 15
    assert "s3cret" not in str(told.value)


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:9001/",
        "http://169.254.169.254/latest",
        "http://[::1]/",
        "https://inside.test/",
        "ftp://a.example/",
        "http://user:pass@a.example/",
    ],
)
def test_private_addresses_and_odd_urls_are_not_posted_to(url: str) -> None:
    private = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("10.1.2.3", 443))]
    callbacks = webhooks(allow_loopback=False, resolve=lambda *_, **__: private)
    with pytest.raises(NotDelivered) as told:
        callbacks.send(url, "msg_1", BODY)
    assert "audioFileUrl" not in str(told.value)
