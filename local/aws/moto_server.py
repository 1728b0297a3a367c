"""AWS on one machine: moto's server, and a session that reaches nothing else."""

import logging
import os
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import boto3
import botocore.session

REGION = "us-east-1"


@contextmanager
def serving(listener: socket.socket) -> Iterator[None]:
    """Serve all of it from a thread."""
    # 2 seconds to import, while Whisper and the function load in processes of their own.
    from moto.moto_server.werkzeug_app import (  # noqa: PLC0415
        DomainDispatcherApplication,
        MotoRequestHandler,
        create_backend_app,
    )
    from werkzeug.serving import make_server  # noqa: PLC0415

    logging.getLogger("werkzeug").setLevel(logging.WARNING)  # no line for every call
    host, port = listener.getsockname()
    server = make_server(
        host,
        port,
        DomainDispatcherApplication(create_backend_app),
        threaded=True,
        request_handler=MotoRequestHandler,
        fd=listener.fileno(),
    )
    thread = threading.Thread(target=server.serve_forever, args=(0.1,), name="aws")
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def session() -> boto3.Session:
    """A session that knows nothing of the machine owner's profiles and accounts."""
    private = {
        "profile": (None, None, None, None),
        "config_file": (None, None, os.devnull, None),
        "credentials_file": (None, None, os.devnull, None),
    }
    return boto3.Session(
        aws_access_key_id="local",
        aws_secret_access_key="local",
        region_name=REGION,
        botocore_session=botocore.session.Session(session_vars=private),
    )
