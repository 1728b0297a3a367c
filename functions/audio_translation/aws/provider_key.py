"""The provider's key, from an SSM SecureString parameter."""

from aws_lambda_powertools.utilities.parameters import SSMProvider
from aws_lambda_powertools.utilities.parameters.exceptions import GetParameterError

from audio_translation.aws.clients import Clients
from audio_translation.aws.error_codes import error_code, may_pass, service_error
from audio_translation.errors import ProviderRejected


class ProviderKey:
    """Reads the key when it is first needed and again after ``cache_seconds``."""

    def __init__(self, clients: Clients, *, parameter: str, cache_seconds: int) -> None:
        self._provider = SSMProvider(boto3_client=clients.ssm)
        self._parameter = parameter
        self._cache_seconds = cache_seconds
        self._last = ""

    def current(self) -> str:
        """Return the key, at most ``cache_seconds`` old.

        Raises ProviderRejected when the parameter may not be read or holds nothing, RateLimited or
        Internal when SSM fails.
        """
        return self._read(force=False)

    def refresh(self) -> bool:
        """Read the key from SSM now; return whether it has changed."""
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
        """Return the key that was read last while SSM fails, or raise what ``current`` raises."""
        cause = error.__cause__ or error.__context__ or error
        code = error_code(cause)
        if self._last and code not in {"ParameterNotFound", "AccessDeniedException"}:
            return self._last
        if may_pass(cause):
            raise service_error(cause, "parameter store") from None
        raise ProviderRejected(
            f"There is no provider key: SSM parameter {self._parameter!r} cannot be read "
            f"({code}). Put the key there with `aws ssm put-parameter --type SecureString`."
        ) from None
