"""The provider's key in SSM."""

import time

import pytest

from audio_translation.adapters.secrets import Secrets
from audio_translation.domain.errors import ProviderRejected
from tests.fakes.aws import KEY, KEY_PARAMETER, Aws


def secrets(aws: Aws, *, parameter: str = KEY_PARAMETER, cache_seconds: int = 300) -> Secrets:
    return Secrets(aws.client("ssm"), parameter=parameter, cache_seconds=cache_seconds)


def test_the_key_is_read_decrypted(aws: Aws) -> None:
    assert secrets(aws).provider_key() == KEY


def test_a_key_is_kept_until_it_is_too_old(aws: Aws) -> None:
    patient, impatient = secrets(aws), secrets(aws, cache_seconds=1)
    patient.provider_key(), impatient.provider_key()
    aws.put_key("sk-rotated")
    time.sleep(1.1)
    assert (patient.provider_key(), impatient.provider_key()) == (KEY, "sk-rotated")


def test_reading_again_says_whether_the_key_changed(aws: Aws) -> None:
    reader = secrets(aws)
    reader.provider_key()
    assert reader.refresh_provider_key() is False
    aws.put_key("sk-rotated")
    assert reader.refresh_provider_key() is True
    assert reader.provider_key() == "sk-rotated"


def test_a_line_break_pasted_with_the_key_does_no_harm(aws: Aws) -> None:
    aws.put_key(" sk-pasted\n")
    assert secrets(aws).provider_key() == "sk-pasted"


def test_a_missing_parameter_says_where_the_key_belongs(aws: Aws) -> None:
    with pytest.raises(ProviderRejected, match=r"'/nowhere'.*put-parameter"):
        secrets(aws, parameter="/nowhere").provider_key()


def test_an_empty_parameter_is_refused(aws: Aws) -> None:
    aws.put_key(" ")
    with pytest.raises(ProviderRejected, match="is empty"):
        secrets(aws).provider_key()
