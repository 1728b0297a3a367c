"""The provider's key in SSM."""

import time

import pytest

from audio_translation.aws.provider_key import ProviderKey
from audio_translation.errors import ProviderRejected
from tests.fakes.aws.moto_server import KEY, KEY_PARAMETER, Aws


def provider_key(
    aws: Aws, *, parameter: str = KEY_PARAMETER, cache_seconds: int = 300
) -> ProviderKey:
    return ProviderKey(aws.clients, parameter=parameter, cache_seconds=cache_seconds)


def test_the_key_is_read_decrypted(aws: Aws) -> None:
    assert provider_key(aws).current() == KEY


def test_a_key_is_kept_until_it_is_too_old(aws: Aws) -> None:
    patient, impatient = provider_key(aws), provider_key(aws, cache_seconds=1)
    patient.current(), impatient.current()
    aws.put_key("sk-rotated")
    time.sleep(1.1)
    assert (patient.current(), impatient.current()) == (KEY, "sk-rotated")


def test_reading_again_says_whether_the_key_changed(aws: Aws) -> None:
    reader = provider_key(aws)
    reader.current()
    assert reader.refresh() is False
    aws.put_key("sk-rotated")
    assert reader.refresh() is True
    assert reader.current() == "sk-rotated"


def test_a_line_break_pasted_with_the_key_does_no_harm(aws: Aws) -> None:
    aws.put_key(" sk-pasted\n")
    assert provider_key(aws).current() == "sk-pasted"


def test_a_missing_parameter_says_where_the_key_belongs(aws: Aws) -> None:
    with pytest.raises(ProviderRejected, match=r"'/nowhere'.*put-parameter"):
        provider_key(aws, parameter="/nowhere").current()


def test_an_empty_parameter_is_refused(aws: Aws) -> None:
    aws.put_key(" ")
    with pytest.raises(ProviderRejected, match="is empty"):
        provider_key(aws).current()
