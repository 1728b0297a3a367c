"""S3 that looks at signatures, which moto does not: presigned URLs are taken as S3 takes them.

Source: https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html
"""

import hashlib
import hmac
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl, quote, urlsplit

from tests.fakes.proxy import Answered, Proxy

_SIGNATURE = "X-Amz-Signature"


class SignedS3(Proxy):
    """In front of moto's S3. It is ``later`` there than it is here.

    What comes with an Authorization header passes: it is the service itself.
    """

    def __init__(self, upstream: str, *, secret: str = "testing") -> None:
        super().__init__(upstream)
        self.later = timedelta()
        self._secret = secret

    def answer(self, method: str, path: str, body: bytes, headers: Any) -> Answered:
        if "Authorization" not in headers:
            code = self._problem(method, path, headers)
            if code:
                return 403, f"<Error><Code>{code}</Code></Error>".encode(), {}
        return self.passed_on(method, path, body, headers)

    def _problem(self, method: str, path: str, headers: Any) -> str:
        """The code of the error, empty if there is none."""
        query = dict(parse_qsl(urlsplit(path).query, keep_blank_values=True))
        given = query.pop(_SIGNATURE, None)
        if given is None:
            return "AccessDenied"
        signed = query["X-Amz-SignedHeaders"].split(";")
        if not hmac.compare_digest(self._signature(method, path, query, signed, headers), given):
            return "SignatureDoesNotMatch"
        amz = {name.lower() for name in headers if name.lower().startswith("x-amz-")}
        made = datetime.strptime(query["X-Amz-Date"], "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
        expired = made + timedelta(seconds=int(query["X-Amz-Expires"]))
        if "host" not in signed or amz - set(signed) or datetime.now(UTC) + self.later > expired:
            return "AccessDenied"
        return ""

    def _signature(
        self, method: str, path: str, query: dict[str, str], signed: list[str], headers: Any
    ) -> str:
        names = sorted(query.items())
        canonical = [
            method,
            urlsplit(path).path,
            "&".join(f"{quote(k, safe='-_.~')}={quote(v, safe='-_.~')}" for k, v in names),
            *(f"{name}:{' '.join((headers.get(name) or '').split())}" for name in signed),
            "",
            ";".join(signed),
            "UNSIGNED-PAYLOAD",
        ]
        scope = query["X-Amz-Credential"].split("/", 1)[1]
        what = hashlib.sha256("\n".join(canonical).encode()).hexdigest()
        text = "\n".join(["AWS4-HMAC-SHA256", query["X-Amz-Date"], scope, what])
        key = f"AWS4{self._secret}".encode()
        for part in [*scope.split("/"), text]:
            key = hmac.digest(key, part.encode(), "sha256")
        return key.hex()
