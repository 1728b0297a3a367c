"""Checks of ``audioFileUrl`` and ``callbackUrl`` when a request arrives, without the network.

They refuse at once what would fail later. The addresses of a host name are checked only when a
connection is made: see ``allowed_hosts``.
"""

import ipaddress

from audio_translation.aws.bucket_keys import (
    ANSWERS,
    JOBS,
    UPLOADS,
    bucket_and_key,
    is_s3,
    source_key,
)
from audio_translation.download.allowed_hosts import (
    DEFAULT_PORTS,
    PARAM,
    allowed_addresses,
    checked_url,
    refuse_port,
)
from audio_translation.errors import UrlNotAllowed


def check_audio_url(
    url: str, *, own_bucket: str, buckets: frozenset[str], allow_loopback: bool
) -> None:
    """Raise UrlNotAllowed for a URL that is not allowed as audio.

    ``own_bucket`` is the stack's; ``buckets`` are all buckets that may be read.
    """
    if is_s3(url):
        refuse_files_of_others(url, own_bucket)
        check_bucket(url, buckets)
    else:
        _check(url.strip().replace(" ", "%20"), allow_loopback=allow_loopback)


def check_callback_url(url: str | None, *, allow_loopback: bool) -> None:
    """Raise UrlNotAllowed for a URL to which no callback is sent; none at all is allowed."""
    if not url:
        return
    param = "callbackUrl"
    if not url.lower().startswith(("https://", "http://")):
        raise UrlNotAllowed(f"{param} is not an https:// or http:// URL.", param=param)
    try:
        _check(url, allow_loopback=allow_loopback)
    except UrlNotAllowed as error:
        message = error.message.replace(PARAM, param).replace("the audio", "the receiver")
        raise UrlNotAllowed(message, param=param) from None


def check_bucket(url: str, buckets: frozenset[str]) -> None:
    """Raise UrlNotAllowed for an ``s3://`` URL whose bucket is not one of ``buckets``."""
    bucket, _ = bucket_and_key(url)
    if bucket not in buckets:
        raise UrlNotAllowed(
            f"The bucket {bucket!r} is not one that this service may read.", param=PARAM
        )


def refuse_files_of_others(url: str, own_bucket: str, *, own_job: str = "") -> None:
    """Raise UrlNotAllowed for files of jobs and uploads in the stack's bucket.

    Any caller could read them otherwise. ``own_job`` is the id of a job, which may read the audio
    that was uploaded for it.
    """
    bucket, key = bucket_and_key(url)
    if bucket != own_bucket or (own_job and key.startswith(source_key(own_job, ""))):
        return
    if key.startswith((JOBS, ANSWERS)):
        raise UrlNotAllowed("The files of jobs are not read as audio.", param=PARAM)
    if key.startswith(UPLOADS):
        raise UrlNotAllowed(
            f"What is below {UPLOADS} is translated by itself and is not read for others.",
            param=PARAM,
        )


def _check(url: str, *, allow_loopback: bool) -> None:
    parsed = checked_url(url)
    host = (parsed.host or "").removesuffix(".")
    if host == "localhost" or host.endswith(".localhost"):
        host = "127.0.0.1"
    port = parsed.port or DEFAULT_PORTS[parsed.scheme or "https"]
    try:
        ipaddress.ip_address(host.strip("[]"))
    except ValueError:  # a name; its addresses are checked when it is used
        if not allow_loopback:
            refuse_port(port)
        return
    allowed_addresses(
        host, port, resolve=lambda *_, **__: [], seconds=0, allow_loopback=allow_loopback
    )
