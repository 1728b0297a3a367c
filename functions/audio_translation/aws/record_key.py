"""The KMS key that signs records. Its private half never leaves KMS."""

import base64
import functools
import textwrap
from dataclasses import dataclass

from audio_translation.aws.clients import Clients
from audio_translation.aws.error_codes import mapped

KEY = "key for records"
"""What errors call it."""

LARGEST = 4096
"""Bytes that KMS signs as they are.

Source: https://docs.aws.amazon.com/kms/latest/APIReference/API_Sign.html
"""


@dataclass(frozen=True)
class RecordKey:
    """A key for ECDSA over P-256; ``key`` is its ARN, its id or an alias.

    The methods raise RateLimited or Internal.
    """

    clients: Clients
    key: str

    @property
    def name(self) -> str:
        """The key's id or alias, without the account that it is in."""
        return self.key.rpartition("/")[2]

    def sign(self, content: bytes) -> bytes:
        """Return the signature as DER, as ``openssl dgst -sha256 -verify`` takes it.

        KMS takes at most ``LARGEST`` bytes.
        """
        with mapped(KEY):
            answer = self.clients.kms.sign(
                KeyId=self.key,
                Message=content,
                MessageType="RAW",
                SigningAlgorithm="ECDSA_SHA_256",
            )
        return answer["Signature"]

    @functools.cached_property
    def pem(self) -> str:
        """The public half as PEM (SubjectPublicKeyInfo); KMS is asked once."""
        with mapped(KEY):
            der = self.clients.kms.get_public_key(KeyId=self.key)["PublicKey"]
        lines = "\n".join(textwrap.wrap(base64.b64encode(der).decode(), 64))
        return f"-----BEGIN PUBLIC KEY-----\n{lines}\n-----END PUBLIC KEY-----\n"
