"""AWS's durable executions on one machine: the SDK's own local runner, as a process.

python -m local.aws.durable_executions --port 5055 --functions http://127.0.0.1:8093 --store FILE
"""

import argparse
import logging
import os
import sys
from collections.abc import Sequence

from aws_durable_execution_sdk_python_testing.runner import WebRunner, WebRunnerConfig
from aws_durable_execution_sdk_python_testing.stores.base import StoreType
from aws_durable_execution_sdk_python_testing.web.server import WebServiceConfig

from local.end_with_parent import end_with

INVOCATION_SECONDS = 900
"""The job function's time-out."""


def main(arguments: Sequence[str] | None = None) -> None:
    """Keep executions and drive them, until our stdin ends."""
    options = _options(arguments)
    end_with(os.dup(sys.stdin.fileno()))
    logging.disable(logging.INFO)
    # The runner calls loopback only, but boto3 wants credentials and looks for the owner's.
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        del os.environ[name]
    os.environ |= {
        "AWS_ACCESS_KEY_ID": "local",
        "AWS_SECRET_ACCESS_KEY": "local",
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
    }
    config = WebRunnerConfig(
        WebServiceConfig(host="127.0.0.1", port=options.port, log_level=logging.WARNING),
        lambda_endpoint=options.functions,
        local_runner_endpoint=f"http://127.0.0.1:{options.port}",
        local_runner_region="us-east-1",
        store_type=StoreType.SQLITE,
        store_path=options.store,
        invocation_timeout_seconds=INVOCATION_SECONDS,
    )
    with WebRunner(config) as runner:
        runner.serve_forever()


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m local.aws.durable_executions", description=__doc__
    )
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--functions", required=True, help="where Lambda's Invoke API answers")
    parser.add_argument("--store", required=True, help="sqlite file")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    main()
