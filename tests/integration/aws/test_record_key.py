"""The key of records: signatures that OpenSSL checks, the public half as PEM, and AWS's errors."""

from pathlib import Path

import pytest

from audio_translation.aws.record_key import LARGEST, RecordKey
from audio_translation.errors import Internal
from tests.fakes.aws.moto_server import Aws
from tests.openssl import openssl_verifies


def test_openssl_checks_a_signature_with_the_key_as_pem(aws: Aws, tmp_path: Path) -> None:
    key = RecordKey(aws.clients, aws.new_record_key())
    content = b'{"a":1}'
    signature = key.sign(content)
    assert openssl_verifies(content, signature, key.pem, tmp_path)
    assert not openssl_verifies(b'{"a":2}', signature, key.pem, tmp_path)
    other = RecordKey(aws.clients, aws.new_record_key())
    assert not openssl_verifies(content, signature, other.pem, tmp_path)
    assert all(len(line) <= 64 for line in key.pem.splitlines())


def test_what_kms_signs_may_have_4096_bytes(aws: Aws, tmp_path: Path) -> None:
    key = RecordKey(aws.clients, aws.new_record_key())
    content = b"x" * LARGEST
    assert openssl_verifies(content, key.sign(content), key.pem, tmp_path)


@pytest.mark.parametrize(
    "name", ["arn:aws:kms:us-east-1:123456789012:key/ab-12", "ab-12", "alias/ab-12"]
)
def test_its_name_does_not_tell_the_account(name: str, aws: Aws) -> None:
    assert RecordKey(aws.clients, name).name == "ab-12"


def test_kms_is_asked_for_the_public_half_once(aws: Aws) -> None:
    asked: list[str] = []
    events, name = aws.clients.kms.meta.events, "before-call.kms.GetPublicKey"
    events.register(name, lambda **_: asked.append("once"), unique_id="counted")
    try:
        key = RecordKey(aws.clients, aws.new_record_key())
        assert key.pem == key.pem
    finally:
        events.unregister(name, unique_id="counted")
    assert asked == ["once"]


def test_a_key_that_is_not_there_is_an_internal_error(aws: Aws) -> None:
    key = RecordKey(aws.clients, "12345678-1234-1234-1234-123456789012")
    with pytest.raises(Internal, match="key for records"):
        key.sign(b"x")
    with pytest.raises(Internal, match="key for records"):
        _ = key.pem
