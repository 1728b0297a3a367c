"""The URLs of a job, checked as text when it is submitted.

What a host's name leads to is checked when it is fetched from; here a caller hears at once of what
will never be fetched.
"""

import ipaddress
from collections.abc import Collection

from audio_translation.adapters.addresses import PARAM, allowed_addresses, checked_url
from audio_translation.domain.errors import UrlNotAllowed
from audio_translation.domain.job import JOBS, source_key
from audio_translation.domain.upload import UPLOADS

_PORTS = {"http": 80, "https": 443}


def check_audio_url(
    url: str, *, bucket: str, allowed_buckets: Collection[str], allow_loopback: bool
) -> None:
    """Raise UrlNotAllowed for what can be no job's audio; ``bucket`` is the stack's own."""
    if url[:5].lower() != "s3://":
        _check(url.strip().replace(" ", "%20"), allow_loopback=allow_loopback)
        return
    refuse_files_of_others(url, bucket)
    name = url[5:].partition("/")[0]
    if name not in {bucket, *allowed_buckets} - {""}:
        raise UrlNotAllowed(
            f"The bucket {name!r} is not one that this service may read.", param=PARAM
        )


def check_callback_url(url: str, *, allow_loopback: bool) -> None:
    """Raise UrlNotAllowed for what no webhook is sent to."""
    param = "callbackUrl"
    if not url.lower().startswith(("https://", "http://")):
        raise UrlNotAllowed(f"{param} is not an https:// or http:// URL.", param=param)
    try:
        _check(url, allow_loopback=allow_loopback)
    except UrlNotAllowed as error:
        message = error.message.replace(PARAM, param).replace("the audio", "the receiver")
        raise UrlNotAllowed(message, param=param) from None


def refuse_files_of_others(url: str, bucket: str, *, own: str = "") -> None:
    """Raise UrlNotAllowed for an object of a job or an upload: who it is of has other ways to it.

    ``own`` is the id of the job that reads what was uploaded for it.
    """
    if own and url[5:].startswith(f"{bucket}/{source_key(own, '')}"):
        return
    if url[5:].startswith(f"{bucket}/{JOBS}"):
        raise UrlNotAllowed("The files of jobs are not read as audio.", param=PARAM)
    if url[5:].startswith(f"{bucket}/{UPLOADS}"):
        raise UrlNotAllowed(
            f"What is below {UPLOADS} is translated by itself and is not read for others.",
            param=PARAM,
        )


def _check(url: str, *, allow_loopback: bool) -> None:
    parsed = checked_url(url)
    host = (parsed.host or "").removesuffix(".")
    if host == "localhost" or host.endswith(".localhost"):
        host = "127.0.0.1"
    port = parsed.port or _PORTS[parsed.scheme or "https"]
    try:
        ipaddress.ip_address(host.strip("[]"))
    except ValueError:  # a name: its addresses are looked up when it is used
        if port not in _PORTS.values() and not allow_loopback:
            raise UrlNotAllowed(
                f"{PARAM} names a port that is not fetched from: only 80 and 443 are.", param=PARAM
            ) from None
        return
    allowed_addresses(
        host, port, resolve=lambda *_, **__: [], seconds=0, allow_loopback=allow_loopback
    )
