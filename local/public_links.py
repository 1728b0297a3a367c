"""Links to the local S3 that others can open.

The functions call S3 at an address of this machine and sign links for that. Whoever opens a link
may reach the machine by another name, such as host.docker.internal from a container.
"""

from collections.abc import Mapping
from typing import Any

PUBLIC_AWS_URL = "PUBLIC_AWS_URL"
"""The variable with the URL at which others reach S3, as ``AWS_ENDPOINT_URL`` is for functions."""


def sign_links_for(environ: Mapping[str, str]) -> None:
    """Have this process's clients sign links for the URL in ``PUBLIC_AWS_URL``, if it is another.

    botocore has no setting for that: a client's links lead to where it calls itself.
    """
    ours, public = environ.get("AWS_ENDPOINT_URL"), environ.get(PUBLIC_AWS_URL)
    if not ours or not public or ours == public:
        return
    from botocore.signers import RequestSigner  # noqa: PLC0415  half a second, for few

    sign = RequestSigner.generate_presigned_url

    def sign_public(self: RequestSigner, request_dict: Any, *arguments: Any, **named: Any) -> Any:
        url = request_dict["url"]
        if url.startswith(f"{ours}/"):
            request_dict = {**request_dict, "url": public + url.removeprefix(ours)}
        return sign(self, request_dict, *arguments, **named)

    RequestSigner.generate_presigned_url = sign_public  # type: ignore[method-assign]
