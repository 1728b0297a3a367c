"""AWS's other services on one machine: moto's server, and sessions without a real account."""

import logging
import os
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import boto3
import botocore.session

from local.aws.template import REGION


@contextmanager
def running_moto(listener: socket.socket) -> Iterator[None]:
    """Serve S3, SSM, DynamoDB, SQS, EventBridge and so on from a thread.

    Every server of one process has the same state.
    """
    # Importing moto takes 2 seconds, in which the provider and the functions load already.
    from moto import settings  # noqa: PLC0415
    from moto.moto_server.werkzeug_app import (  # noqa: PLC0415
        DomainDispatcherApplication,
        MotoRequestHandler,
        create_backend_app,
    )
    from werkzeug.serving import make_server  # noqa: PLC0415

    settings.S3_IGNORE_SUBDOMAIN_BUCKETNAME = True  # the machine's name has dots, too
    logging.getLogger("werkzeug").setLevel(logging.WARNING)  # no line for every call
    host, port = listener.getsockname()[:2]
    server = make_server(
        host,
        port,
        DomainDispatcherApplication(create_backend_app),
        threaded=True,
        request_handler=MotoRequestHandler,
        fd=listener.fileno(),
    )
    thread = threading.Thread(target=server.serve_forever, args=(0.1,), name="moto")
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def session_without_account() -> boto3.Session:
    """Return a session that does not read the machine owner's profiles and credentials."""
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
