"""The provider's key, from an SSM SecureString parameter."""

from typing import TYPE_CHECKING

from aws_lambda_powertools.utilities.parameters import SSMProvider
from aws_lambda_powertools.utilities.parameters.exceptions import GetParameterError

from audio_translation.domain.errors import ProviderRejected

if TYPE_CHECKING:
    from mypy_boto3_ssm import SSMClient


class Secrets:
    """Reads the key when it is first needed and again after ``cache_seconds``."""

    def __init__(self, client: "SSMClient", *, parameter: str, cache_seconds: int) -> None:
        self._provider = SSMProvider(boto3_client=client)
        self._parameter = parameter
        self._cache_seconds = cache_seconds
        self._last = ""

    def provider_key(self) -> str:
        """The key, at most ``cache_seconds`` old.

        Raises ProviderRejected when the parameter cannot be read or holds nothing.
        """
        return self._read(force=False)

    def refresh_provider_key(self) -> bool:
        """Read the key from SSM now; true if it is another one than before."""
        before = self._last
        return self._read(force=True) != before

    def _read(self, *, force: bool) -> str:
        try:
            value = self._provider.get(
                self._parameter, decrypt=True, max_age=self._cache_seconds, force_fetch=force
            )
        except GetParameterError as error:
            return self._known_key_or_raise(error)
        key = str(value or "").strip()
        if not (key.isascii() and key.isprintable() and key) or " " in key:
            raise ProviderRejected(
                f"SSM parameter {self._parameter!r} does not hold a key: it is empty or has "
                "spaces, line breaks or characters beyond ASCII in it."
            )
        self._last = key
        return key

    def _known_key_or_raise(self, error: GetParameterError) -> str:
        """Go on with the key that was read last while SSM has trouble of its own."""
        cause = error.__cause__ or error.__context__ or error
        code = getattr(cause, "response", {}).get("Error", {}).get("Code") or type(cause).__name__
        if self._last and code not in {"ParameterNotFound", "AccessDeniedException"}:
            return self._last
        raise ProviderRejected(
            f"There is no provider key: SSM parameter {self._parameter!r} cannot be read "
            f"({code}). Put the key there with `aws ssm put-parameter --type SecureString`."
        ) from None
